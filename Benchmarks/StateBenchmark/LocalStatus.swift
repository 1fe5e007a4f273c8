import ObjectStore

#if canImport(Glibc)
import Glibc
#endif

/// What the kernel says of this process.
enum LocalStatus {
    /// Resident memory now and at its peak, in MB.
    static func read() throws -> (now: Int, peak: Int) {
        let file = try FileDescriptor("/proc/self/status", .read)
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = try file.read(into: &bytes)
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return (field("VmRSS:", text), field("VmHWM:", text))
    }

    private static func field(_ name: String, _ text: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let digits = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return (Int(digits) ?? 0) / 1024
        }
        return 0
    }
}
