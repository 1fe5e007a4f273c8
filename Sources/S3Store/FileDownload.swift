import NIOCore
import NIOHTTP1
import ObjectStore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes an object into a file, which gets its name when it is whole.
///
/// Until then it is beside it, with a name that begins with `.new-`; a connection that was cut is
/// followed by a request for the rest.
final class FileDownload: HTTPBodyTarget {
    private static let serial = Atomic<UInt64>(0)

    private let path: String
    private let temporary: String
    private var check = DownloadCheck()
    private var file: LocalFile?
    private var isStarted = false

    init(path: String) {
        self.path = path
        let number = Self.serial.add(1, ordering: .relaxed).newValue
        temporary = "\(LocalFiles.parent(of: path))/.new-\(LocalFiles.processNumber)-s3-\(number)"
    }

    deinit {
        // What cannot be removed is in a folder of the running process, which is emptied when it
        // starts.
        if isStarted { try? LocalFiles.remove(temporary) }
    }

    var keptBytes: Int64 { check.received }

    /// Throws when something has the file's name.
    func checkFree() throws(SystemFault) {
        if try LocalFiles.status(path) != nil {
            throw SystemFault(code: EEXIST, operation: "create", path: path)
        }
    }

    /// The headers that ask for what is missing.
    var rangeHeaders: [HeaderField] {
        guard check.received > 0, let tag = check.entityTag, let total = check.total,
            check.received < total
        else { return [] }
        return [HeaderField("Range", "bytes=\(check.received)-"), HeaderField("If-Match", tag)]
    }

    /// Forgets what came; the object was replaced meanwhile.
    func restart() { check = DownloadCheck() }

    func begin(_ head: HTTPResponseHead) throws(HTTPFault) -> Bool {
        guard head.status.code < 300 else { return false }
        do throws(HTTPFault) {
            if try check.begin(head) { return true }
        } catch {
            restart()
            throw error
        }
        do throws(SystemFault) {
            try LocalFiles.remove(temporary)
            isStarted = true
            file = try LocalFile(temporary, .create)
        } catch {
            throw HTTPFault(error)
        }
        return true
    }

    func take(_ buffer: ByteBuffer) throws(HTTPFault) {
        do throws(SystemFault) {
            try file?.write(buffer.readableBytesUInt8Span)
        } catch {
            throw HTTPFault(error)
        }
        check.take(buffer)
    }

    func end() throws(HTTPFault) {
        do throws(HTTPFault) {
            try check.end()
        } catch {
            restart()
            throw error
        }
    }

    /// Gives the whole file its name.
    func publish() throws(SystemFault) {
        file = nil
        do throws(SystemFault) {
            try LocalFiles.link(temporary, to: path)
            try LocalFiles.remove(temporary)
        } catch {
            guard error.isLinkRefusal else { throw error }
            try checkFree()
            try LocalFiles.rename(temporary, to: path)
        }
        isStarted = false
    }
}
