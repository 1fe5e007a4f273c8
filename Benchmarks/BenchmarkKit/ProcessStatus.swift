import ObjectStore

/// What the kernel says of a process; only on Linux.
package enum ProcessStatus {
    /// Resident memory of a process now and at its peak, in MB; zero where it is not known.
    package static func residentMegabytes(of process: Int32? = nil) -> (now: Int, peak: Int) {
        let text = read("/proc/\(process.map(String.init) ?? "self")/status")
        return (field("VmRSS:", text) / 1024, field("VmHWM:", text) / 1024)
    }

    /// The CPU seconds that a process has used.
    package static func cpuSeconds(of process: Int32) -> Double {
        // The name of the program, in brackets, may hold spaces.
        let rest = read("/proc/\(process)/stat").split(separator: ")").last ?? ""
        let fields = rest.split(separator: " ")
        guard fields.count > 12 else { return 0 }
        let ticksPerSecond = 100.0
        return ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticksPerSecond
    }

    /// How many processes wanted a CPU in the last minute, on average.
    package static var load: String {
        String(read("/proc/loadavg").split(separator: " ").first ?? "unknown")
    }

    private static func read(_ path: String) -> String {
        do {
            let file = try FileDescriptor(path, .read)
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = try file.read(into: &bytes)
            return String(decoding: bytes[..<count], as: UTF8.self)
        } catch {
            return ""
        }
    }

    private static func field(_ name: String, _ text: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let digits = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return Int(digits) ?? 0
        }
        return 0
    }
}
