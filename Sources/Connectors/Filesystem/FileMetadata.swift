import Columnar

/// What a file tells of each of its rows: Flink's keys.
enum FileMetadata: String, CaseIterable, Sendable {
    case path = "file.path"
    case name = "file.name"
    case size = "file.size"
    case changeTime = "file.modification-time"

    /// What stands before the keys of a format's metadata.
    static let formatPrefix = "value."

    var type: DataType {
        switch self {
        case .path, .name: .string.notNull
        case .size: .bigint.notNull
        case .changeTime: .timestampLTZ(3).notNull
        }
    }

    /// A column with the value for one file.
    func column(_ file: FileSplit, _ type: DataType, count: Int) -> Column {
        let value: ScalarValue =
            switch self {
            case .path: .text(file.path)
            case .name: .text(FilePath.name(of: file.path))
            case .size: .int(file.fileBytes)
            case .changeTime:
                .int(file.changedMilliseconds * (type.timestampUnitsPerMillisecond ?? 1000))
            }
        return .constant(value, type, count: count)
    }

    /// Whether a column may be declared with this type: CAST is left to the query.
    static func fits(_ declared: DataType, _ natural: DataType) -> Bool {
        switch (declared.kind, natural.kind) {
        case (.timestampLTZ(let declared), .timestampLTZ(let natural)):
            declared >= natural && declared <= 6
        case (.varchar(let declared), .varchar(let natural)): declared >= natural
        default: declared.kind == natural.kind
        }
    }
}
