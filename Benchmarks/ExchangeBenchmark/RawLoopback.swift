import BenchmarkKit
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What two blocking sockets do with bytes that nobody writes or reads: the machine's own limit.
enum RawLoopback {
    /// GB per CPU second of both ends.
    static func throughput(writeBytes: Int, totalBytes: Int) throws -> Double {
        let (listener, port) = try listen()
        let meter = Meter()
        let reader = WorkerThread(name: "reader") {
            let descriptor = accept(listener, nil, nil)
            var block = [UInt8](repeating: 0, count: 256 << 10)
            var received = 0
            while received < totalBytes {
                let count = unsafe block.withUnsafeMutableBytes { bytes in
                    unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
                }
                guard count > 0 else { break }
                received += count
            }
            close(descriptor)
        }
        let descriptor = try connect(port)
        let block = [UInt8](repeating: 7, count: writeBytes)
        var sent = 0
        while sent < totalBytes {
            let count = unsafe block.withUnsafeBytes { bytes in
                unsafe write(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { throw BenchmarkFailure("the loopback socket broke") }
            sent += count
        }
        reader.join()
        close(descriptor)
        close(listener)
        return Double(sent) / meter.process / 1e9
    }

    private static func newSocket() throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw BenchmarkFailure("no socket") }
        return descriptor
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = try newSocket()
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe bind(descriptor, raw, length) == 0 && startListening(descriptor)
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard isBound else { throw BenchmarkFailure("no port on the loopback") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func connect(_ port: UInt16) throws -> Int32 {
        let descriptor = try newSocket()
        var address = address(port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe dial(descriptor, $0, length) == 0
            }
        }
        guard isConnected else { throw BenchmarkFailure("no connection over the loopback") }
        return descriptor
    }
}

private func startListening(_ descriptor: Int32) -> Bool { listen(descriptor, 1) == 0 }

private func dial(
    _ descriptor: Int32,
    _ address: UnsafePointer<sockaddr>,
    _ length: socklen_t
) -> Int32 {
    unsafe connect(descriptor, address, length)
}
