#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the operating system refused: the call, the file and the reason.
package struct SystemFault: Error, Hashable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: Int32
    /// What was tried, as an infinitive: `write`, `open`.
    package let operation: String
    package let path: String

    package init(code: Int32, operation: String, path: String) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// The fault that the last system call of this thread left behind.
    static func last(_ operation: String, _ path: String) -> SystemFault {
        SystemFault(code: errno, operation: operation, path: path)
    }

    package var isMissingFile: Bool { code == ENOENT }
    package var isTakenName: Bool { code == EEXIST }
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
    /// Whether a hard link cannot be made here, though a copy can.
    package var isLinkRefusal: Bool {
        code == EXDEV || code == EPERM || code == EMLINK || code == ENOTSUP
    }
    /// Whether the same call may succeed later without anybody's help.
    package var isPassing: Bool {
        isFull || code == EIO || code == EMFILE || code == ENFILE || code == ETIMEDOUT
            || code == EAGAIN || code == EBUSY || code == ESTALE || code == ENOMEM
    }

    /// What the system calls it: `No space left on device`.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// `cannot write '/data/x': No space left on device`.
    package var description: String { "cannot \(operation) '\(path)': \(reason)" }
}

/// One open file, closed with its owner.
package struct FileDescriptor: ~Copyable {
    /// How a file is opened.
    package enum Mode {
        case read
        /// Creates the file, which must not exist.
        case create
        /// Writes behind what the file holds, and creates it if it does not exist.
        case append
    }

    private let number: Int32
    private let path: String

    package init(_ path: String, _ mode: Mode) throws(SystemFault) {
        let flags =
            switch mode {
            case .read: O_RDONLY | O_CLOEXEC
            case .create: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
            case .append: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
            }
        self.path = path
        number = unsafe open(path, flags, 0o644 as mode_t)
        guard number >= 0 else {
            throw .last(mode == .read ? "open" : "create", path)
        }
    }

    deinit {
        close(number)
    }

    /// The size of the file in bytes.
    package func size() throws(SystemFault) -> Int64 {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last("examine", path) }
        return Int64(status.st_size)
    }

    /// Writes all bytes at the end.
    package func write(_ bytes: Span<UInt8>) throws(SystemFault) {
        var offset = 0
        while offset < bytes.count {
            let rest = bytes.extracting(offset..<bytes.count)
            let written = unsafe rest.withUnsafeBufferPointer { buffer in
                unsafe systemWrite(number, buffer.baseAddress, buffer.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("write", path)
            }
            offset += written
        }
    }

    /// Reads the next bytes, at most as many as the array holds.
    ///
    /// - Returns: how many were read; 0 at the end of the file.
    package func read(into bytes: inout [UInt8]) throws(SystemFault) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe systemRead(number, buffer.baseAddress, buffer.count)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw .last("read", path) }
        }
    }

    /// Reads bytes from a place of the file on, at most as many as the span holds.
    ///
    /// - Returns: how many were read; 0 at the end of the file.
    package func read(
        into bytes: inout MutableSpan<UInt8>,
        at offset: Int64
    ) throws(SystemFault) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(number, buffer.baseAddress, buffer.count, off_t(offset))
            }
            if count >= 0 { return count }
            if errno != EINTR { throw .last("read", path) }
        }
    }

    /// Makes what was written survive a crash of the machine.
    package func synchronize() throws(SystemFault) {
        guard fsync(number) == 0 else { throw .last("synchronise", path) }
    }
}

/// The calls on names of files and folders that stores of files need.
package enum LocalFiles {
    /// What a name stands for.
    package struct Status: Hashable, Sendable {
        package let isDirectory: Bool
        package let bytes: Int64
        /// The file system that holds it.
        package let device: UInt64
        /// The last change of the content, milliseconds since 1970.
        package let changedMilliseconds: Int64

        package var changedSeconds: Int64 { changedMilliseconds / 1000 }
    }

    /// What a path stands for, or nil when there is nothing; a link stands for itself.
    package static func status(_ path: String) throws(SystemFault) -> Status? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return try missing(path) }
        return Status(status)
    }

    /// What a path leads to, links followed, or nil when there is nothing.
    package static func target(_ path: String) throws(SystemFault) -> Status? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return try missing(path) }
        return Status(status)
    }

    private static func missing(_ path: String) throws(SystemFault) -> Status? {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .last("examine", path)
    }

    /// The names in a folder, sorted, without `.` and `..`.
    package static func names(in folder: String) throws(SystemFault) -> [String] {
        guard let handle = unsafe opendir(folder) else { throw .last("list", folder) }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it; the new ones survive a crash of the machine.
    package static func makeFolders(_ path: String) throws(SystemFault) {
        if unsafe mkdir(path, 0o755) == 0 {
            try synchronizeFolder(parent(of: path))
            return
        }
        if errno == EEXIST {
            if let status = try status(path), !status.isDirectory {
                // A link to a folder is as good as a folder.
                var target = stat()
                if unsafe stat(path, &target) == 0, (target.st_mode & S_IFMT) == S_IFDIR { return }
                throw SystemFault(code: ENOTDIR, operation: "make the folder", path: path)
            }
            return
        }
        guard errno == ENOENT, parent(of: path) != path else {
            throw .last("make the folder", path)
        }
        try makeFolders(parent(of: path))
        // Some file systems, such as /proc, refuse new names in a folder that exists.
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .last("make the folder", path)
        }
        try synchronizeFolder(parent(of: path))
    }

    /// Makes the names in a folder survive a crash of the machine.
    package static func synchronizeFolder(_ path: String) throws(SystemFault) {
        try FileDescriptor(path, .read).synchronize()
    }

    /// The folder that a path lies in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    package static func rename(_ source: String, to target: String) throws(SystemFault) {
        guard systemRename(source, target) == 0 else {
            throw .last("rename '\(source)' to", target)
        }
    }

    /// Gives a file a second name, which must be free.
    package static func link(_ source: String, to target: String) throws(SystemFault) {
        guard systemLink(source, target) == 0 else {
            throw .last("link '\(source)' to", target)
        }
    }

    /// Cuts a file off behind so many bytes.
    package static func truncate(_ path: String, to bytes: Int64) throws(SystemFault) {
        guard systemTruncate(path, off_t(bytes)) == 0 else {
            throw .last("cut off", path)
        }
    }

    /// Removes a file; one that is not there is not an error.
    package static func remove(_ path: String) throws(SystemFault) {
        if unsafe unlink(path) != 0, errno != ENOENT { throw .last("remove", path) }
    }

    /// Removes a folder if it is empty.
    ///
    /// - Returns: whether it is gone.
    package static func removeEmptyFolder(_ path: String) -> Bool {
        unsafe rmdir(path) == 0
    }

    /// Removes a file or a folder with everything in it; one that is not there is not an error.
    package static func removeAll(_ path: String) throws(SystemFault) {
        guard let status = try status(path) else { return }
        guard status.isDirectory else { return try remove(path) }
        for name in try names(in: path) { try removeAll("\(path)/\(name)") }
        if unsafe rmdir(path) != 0, errno != ENOENT { throw .last("remove", path) }
    }

    /// Copies the content of a file to a new one and makes it survive a crash of the machine.
    package static func copy(_ source: String, to target: String) throws(SystemFault) {
        let input = try FileDescriptor(source, .read)
        let output = try FileDescriptor(target, .create)
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = try input.read(into: &block)
            if count == 0 { break }
            try output.write(block.span.extracting(0..<count))
        }
        try output.synchronize()
    }

    /// The whole content of a file.
    package static func read(_ path: String) throws(SystemFault) -> [UInt8] {
        let file = try FileDescriptor(path, .read)
        var content = [UInt8](repeating: 0, count: Int(try file.size()))
        var filled = 0
        var block = content
        while filled < content.count {
            let count = try file.read(into: &block)
            if count == 0 { break }
            if filled == 0, count == content.count { return block }
            content.replaceSubrange(filled..<filled + count, with: block[..<count])
            filled += count
            block = [UInt8](repeating: 0, count: content.count - filled)
        }
        content.removeSubrange(filled...)
        return content
    }

    /// Writes a new file and makes its content survive a crash of the machine.
    package static func write(_ path: String, _ bytes: [UInt8]) throws(SystemFault) {
        let file = try FileDescriptor(path, .create)
        try file.write(bytes.span)
        try file.synchronize()
    }

    /// The user that this process runs as, for messages.
    package static var userName: String {
        let user = getuid()
        guard let entry = unsafe getpwuid(user), let name = unsafe entry.pointee.pw_name else {
            return String(user)
        }
        return unsafe String(cString: name)
    }

    /// The number of this process, for names that no other process uses.
    package static var processNumber: Int32 { getpid() }
}

extension LocalFiles.Status {
    fileprivate init(_ status: stat) {
        #if canImport(Darwin)
        let changed = status.st_mtimespec
        #else
        let changed = status.st_mtim
        #endif
        self.init(
            isDirectory: (status.st_mode & S_IFMT) == S_IFDIR,
            bytes: Int64(status.st_size),
            device: UInt64(truncatingIfNeeded: status.st_dev),
            changedMilliseconds: Int64(changed.tv_sec) * 1000 + Int64(changed.tv_nsec) / 1_000_000
        )
    }
}

// Members of the types above have the names of these calls.

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(file, bytes, count)
}

private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(file, bytes, count)
}

private func systemRename(_ source: String, _ target: String) -> Int32 {
    unsafe rename(source, target)
}

private func systemTruncate(_ path: String, _ bytes: off_t) -> Int32 {
    unsafe truncate(path, bytes)
}

private func systemLink(_ source: String, _ target: String) -> Int32 {
    unsafe link(source, target)
}
