import Glibc

/// A TCP socket on this machine; the test kit's only use of raw memory.
package struct LoopbackSocket: Sendable {
    package struct Failure: Error {}

    private let owned: OwnedDescriptor
    package let port: Int

    package var descriptor: Int32 { owned.number }

    /// A listening socket on a port of the system's choice.
    package static func listen() throws -> LoopbackSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure() }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe bind(descriptor, raw, length) == 0
                    && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard bound else {
            Glibc.close(descriptor)
            throw Failure()
        }
        return LoopbackSocket(
            owned: OwnedDescriptor(descriptor),
            port: Int(UInt16(bigEndian: address.sin_port))
        )
    }

    /// Waits for a client; nil when the socket was closed.
    package func accept() -> LoopbackSocket? {
        let client = Glibc.accept(descriptor, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(owned: OwnedDescriptor(client), port: port)
    }

    /// Connects to a port of this machine.
    package static func connect(port: Int) -> LoopbackSocket? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = loopback(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, length) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            return nil
        }
        return LoopbackSocket(owned: OwnedDescriptor(descriptor), port: port)
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Copies everything to another socket until either side ends.
    package func copyAll(to other: LoopbackSocket, pausing: () -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { buffer in
            guard let base = buffer.baseAddress else { return }
            while true {
                let count = unsafe recv(descriptor, base, 65_536, 0)
                guard count > 0 else { return }
                pausing()
                var sent = 0
                while sent < count {
                    let step = unsafe Glibc.send(
                        other.descriptor,
                        base + sent,
                        count - sent,
                        Int32(MSG_NOSIGNAL)
                    )
                    guard step > 0 else { return }
                    sent += step
                }
            }
        }
    }

    /// Sends all bytes; false when the other side is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count, let base = buffer.baseAddress {
                let step = unsafe Glibc.send(
                    descriptor,
                    base + sent,
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
                guard step > 0 else { return false }
                sent += step
            }
            return true
        }
    }

    /// The next bytes that come; empty at the end.
    package func receive() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &block, block.count, 0)
        return Array(block[..<max(0, count)])
    }

    package func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    package func close() { owned.close() }
}
