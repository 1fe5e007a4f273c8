import Columnar
import ObjectStore

/// A part file while it is written.
final class PartFile {
    let name: PartName
    let path: String
    let openedMicroseconds: Int64
    private(set) var bytes: Int64 = 0
    private let file: FileDescriptor

    init(_ name: PartName, in folder: String, at microseconds: Int64) throws(SystemFault) {
        self.name = name
        path = "\(folder)/\(name.text(.inProgress))"
        openedMicroseconds = microseconds
        file = try FileDescriptor(path, .create)
    }

    func write(_ records: Span<UInt8>) throws(SystemFault) {
        try file.write(records)
        bytes += Int64(records.count)
    }

    /// Makes the content survive a crash of the machine.
    func synchronize() throws(SystemFault) {
        try file.synchronize()
    }
}
