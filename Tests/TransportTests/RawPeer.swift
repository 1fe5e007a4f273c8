import ClusterProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A socket in the hands of somebody who does not keep to the protocol.
final class RawPeer {
    struct Failure: Error {}

    private let descriptor: Int32

    init(port: Int) throws {
        #if canImport(Glibc)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure() }
        var wait = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length) == 0
            }
        }
        guard isConnected else { throw Failure() }
    }

    /// Connects and exchanges greetings as a taskmanager.
    convenience init(
        port: Int,
        id: String,
        purpose: ConnectionPurpose = .data,
        change: (inout Hello) -> Void = { _ in }
    ) throws {
        try self.init(port: port)
        send(Self.hello(id, purpose, change: change))
        let answer = try frame()
        guard answer.kind == .helloAccepted else { throw Failure() }
    }

    deinit { close() }

    static func hello(
        _ id: String,
        _ purpose: ConnectionPurpose = .data,
        change: (inout Hello) -> Void = { _ in }
    ) -> [UInt8] {
        var hello = Hello(
            purpose: purpose,
            role: .taskManager,
            clusterID: "test",
            token: "secret",
            id: id,
            softwareVersion: "0.1.0"
        )
        change(&hello)
        return FrameHeader.frame(.hello, GreetingCodec.encode(hello))
    }

    /// A data frame as bytes.
    static func bytes(_ frame: DataFrame) -> [UInt8] {
        let writer = DataFrameWriter(frame)
        return [UInt8](capacity: writer.byteCount) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                var output = unsafe OutputRawSpan(
                    buffer: UnsafeMutableRawBufferPointer(buffer),
                    initializedCount: 0
                )
                writer.write(into: &output)
                count = output.byteCount
            }
        }
    }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let step = unsafe bytes[sent...].withUnsafeBytes { rest in
                unsafe sendSome(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard step > 0 else { return }
            sent += step
        }
    }

    /// Reads so many bytes, fewer at the end of the connection.
    private func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let step = unsafe bytes[filled...].withUnsafeMutableBytes { rest in
                unsafe recv(descriptor, rest.baseAddress, rest.count, 0)
            }
            guard step > 0 else { break }
            filled += step
        }
        return Array(bytes[..<filled])
    }

    /// The next frame.
    func frame() throws -> (kind: FrameKind, body: [UInt8]) {
        let header = read(8)
        guard header.count == 8, let kind = FrameKind(rawValue: header[4]) else { throw Failure() }
        let length = header[..<4].reduce(0) { $0 << 8 | Int($1) }
        return (kind, read(length))
    }

    /// The frame that says why the connection is refused.
    func farewell() throws -> Farewell {
        let (kind, body) = try frame()
        guard kind == .refused, let farewell = GreetingCodec.decode(Farewell.self, body) else {
            throw Failure()
        }
        return farewell
    }

    /// Whether the other end has closed the connection; waits for it.
    var isClosedByPeer: Bool { read(1).isEmpty }

    func close() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}

private func sendSome(
    _ descriptor: Int32,
    _ base: UnsafeRawPointer?,
    _ count: Int,
    _ flags: Int32
) -> Int {
    unsafe send(descriptor, base, count, flags)
}
