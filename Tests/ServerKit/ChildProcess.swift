import Glibc

/// A program that runs beside the test; no descriptor of ours gets into it by chance.
///
/// Foundation's `Process` hangs now and then when several threads use it at once.
package struct ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let id: Int32
    /// The end of its standard input that is ours, if it has one.
    private let input: OwnedDescriptor?
    /// The end of its output that is ours; nil when it goes nowhere.
    private let output: OwnedDescriptor?

    /// Starts a program that is found on the path.
    package static func start(
        _ words: [String],
        withInput: Bool = false,
        capturing: Bool = false
    ) throws -> ChildProcess {
        let stdin = withInput ? try channel() : nil
        let stdout = capturing ? try channel() : nil
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let stdin {
            unsafe posix_spawn_file_actions_adddup2(&actions, stdin.read, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for target: Int32 in [1, 2] {
            if let stdout {
                unsafe posix_spawn_file_actions_adddup2(&actions, stdout.write, target)
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_WRONLY, 0)
            }
        }
        // The test runner's threads block signals; a shell that never hears of its child hangs.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        // The server's owner may not be able to see our working directory.
        let arguments = unsafe (["env", "-C", "/"] + words).map { unsafe strdup($0) }
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
        }
        var id: pid_t = 0
        let list = unsafe arguments + [nil]
        let code = unsafe posix_spawnp(&id, "env", &actions, &attributes, list, environ)
        for end in [stdin?.read, stdout?.write].compactMap({ $0 }) { close(end) }
        guard code == 0 else { throw Failure(description: "\(words[0]) cannot be run") }
        return ChildProcess(
            id: id,
            input: stdin.map { OwnedDescriptor($0.write) },
            output: stdout.map { OwnedDescriptor($0.read) }
        )
    }

    private static func channel() throws -> (read: Int32, write: Int32) {
        let ends = unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2) {
            pair -> (Int32, Int32)? in
            guard let base = pair.baseAddress, unsafe pipe(base) == 0 else { return nil }
            return unsafe (pair[0], pair[1])
        }
        guard let ends else { throw Failure(description: "no descriptor is left") }
        _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
        return ends
    }

    /// Writes a line to its input and closes it.
    package func endInput(with text: String = "") {
        guard let input else { return }
        var bytes = Array(text.utf8)
        if !bytes.isEmpty { _ = unsafe write(input.number, &bytes, bytes.count) }
        input.close()
    }

    /// What it prints next; waits for it, and is empty at the end.
    package func readSome() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(output?.number ?? -1, &block, block.count)
        return Array(block[..<max(0, count)])
    }

    package func send(signal: Int32) {
        kill(id, signal)
    }

    /// Everything it printed, to the end.
    package func readAll() -> String {
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(output?.number ?? -1, &block, block.count)
            guard count > 0 else { break }
            all += block[..<count]
        }
        output?.close()
        return String(decoding: all, as: UTF8.self)
    }

    /// Waits for its end; its exit code, or 128 and more when a signal ended it.
    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }
}
