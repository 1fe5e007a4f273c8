import Columnar
import Core

/// The options of one `datagen` table.
struct DatagenOptions {
    /// How each column is made.
    let columns: [FieldGenerator]
    let rowsPerSecond: Int64
    /// All rows that there will be; nil without end.
    let rowCount: Int64?
    let seed: UInt64?
    /// The most rows of a batch, so that wide rows do not fill the memory.
    let batchRows: Int

    init(_ table: TableDefinition) throws(ConnectorError) {
        try table.requireNoMetadata()
        var options = TableOptions(table)
        rowsPerSecond = Int64(try options.integer("rows-per-second", in: 1...Int.max) ?? 10_000)
        var limits: [Int64] = []
        if let count = try options.integer("number-of-rows") { limits.append(Int64(count)) }
        seed = try options.integer("seed", in: Int.min...Int.max).map {
            UInt64(bitPattern: Int64($0))
        }
        var fields = FieldOptions(options)
        var columns: [FieldGenerator] = []
        for column in table.columns {
            let (generator, length) = try fields.generator(column.name, column.type)
            columns.append(generator)
            if let length { limits.append(length) }
        }
        self.columns = columns
        rowCount = limits.min()
        let width = columns.reduce(8) { $0 + $1.width }
        guard width <= DatagenLimits.rowBytesMax else {
            throw ConnectorError(
                blame: .user,
                """
                A row of the datagen table '\(table.path)' would take \(Int64(width)) bytes. \
                Make its 'fields.*.length' smaller.
                """
            )
        }
        batchRows = max(1, Int(DatagenLimits.batchBytesMax / width))
        try fields.options.finish(
            known: DatagenFactory.optionList.filter { !$0.key.contains("#") } + fields.known
        )
    }
}

/// Reads the `fields.*` options.
struct FieldOptions {
    var options: TableOptions
    /// The options that were looked for, for messages.
    private(set) var known: [OptionDescription] = []

    init(_ options: TableOptions) {
        self.options = options
    }

    /// The full key of an option of a field.
    private mutating func key(_ field: String, _ option: String) -> String {
        let key = "fields.\(field).\(option)"
        known.append(OptionDescription(key, ""))
        return key
    }

    /// How a column is made, and how many rows its sequence has.
    mutating func generator(
        _ name: String,
        _ type: DataType
    ) throws(ConnectorError) -> (FieldGenerator, length: Int64?) {
        let kindKey = key(name, "kind")
        let kind = try options.choice(kindKey, of: ["random", "sequence"], default: "random")
        guard kind == "sequence" else { return (try random(name, type), nil) }
        let startKey = key(name, "start")
        let endKey = key(name, "end")
        let range = Int.min...Int.max
        guard let start = try options.integer(startKey, in: range) else {
            throw missing(startKey)
        }
        guard let end = try options.integer(endKey, in: range) else { throw missing(endKey) }
        let (span, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, span >= 0, span < Int.max else {
            throw options.invalid(endKey, "\(end)", "It must not be less than '\(startKey)'.")
        }
        let maker = try sequence(type, start, end, name)
        return (FieldGenerator(type, name, maker, nullRate: 0), Int64(span) + 1)
    }

    private func missing(_ key: String) -> ConnectorError {
        ConnectorError(
            blame: .user,
            "Could not find required property '\(key)' for sequence generator."
        )
    }

    private func sequence(
        _ type: DataType,
        _ start: Int,
        _ end: Int,
        _ name: String
    ) throws(ConnectorError) -> FieldGenerator.Maker {
        let range: ClosedRange<Int>
        switch type.kind {
        case .boolean: return .flag
        case .date, .time: return .now
        case .timestamp, .timestampLTZ: return .past(maxMilliseconds: 0)
        case .tinyint: range = Int(Int8.min)...Int(Int8.max)
        case .smallint: range = Int(Int16.min)...Int(Int16.max)
        case .integer: range = Int(Int32.min)...Int(Int32.max)
        case .decimal(let precision, let scale):
            let bound = DecimalMath.powerOfTen(precision - scale) - 1
            range = Int(clamping: -bound)...Int(clamping: bound)
        case .bigint, .float, .double, .char, .varchar, .binary, .varbinary:
            range = Int.min...Int.max
        default: throw unsupported(type, name)
        }
        guard range.contains(start), range.contains(end) else {
            throw options.invalid(
                range.contains(start) ? "fields.\(name).end" : "fields.\(name).start",
                "\(range.contains(start) ? end : start)",
                "It does not fit \(type)."
            )
        }
        return .sequence(start: Int64(start))
    }

    private func unsupported(_ type: DataType, _ name: String) -> ConnectorError {
        ConnectorError(blame: .user, "Unsupported type: \(type) of the datagen field '\(name)'.")
    }

    /// How a field is made at random; nested fields have options of their own.
    private mutating func random(
        _ name: String,
        _ type: DataType
    ) throws(ConnectorError) -> FieldGenerator {
        let maker = try randomMaker(name, type)
        let rateKey = key(name, "null-rate")
        var rate = 0.0
        if let text = options.text(rateKey) {
            guard let number = Double(text), number >= 0, number <= 1 else {
                throw options.invalid(rateKey, text, "Expected a number from 0 to 1.")
            }
            guard number == 0 || type.isNullable else {
                throw options.invalid(rateKey, text, "The field is NOT NULL.")
            }
            rate = number
        }
        return FieldGenerator(type, name, maker, nullRate: rate)
    }

    private mutating func randomMaker(
        _ name: String,
        _ type: DataType
    ) throws(ConnectorError) -> FieldGenerator.Maker {
        switch type.kind {
        case .boolean: .flag
        case .tinyint: try integers(name, Int(Int8.min)...Int(Int8.max))
        case .smallint: try integers(name, Int(Int16.min)...Int(Int16.max))
        case .integer: try integers(name, Int(Int32.min)...Int(Int32.max))
        case .bigint, .intervalDayTime: try integers(name, Int.min...Int.max)
        case .intervalYearMonth:
            try integers(name, Int(Int32.min)...Int(Int32.max), default: 0...120_000)
        case .float:
            try numbers(
                name,
                Double(Float.leastNonzeroMagnitude)...Double(Float.greatestFiniteMagnitude)
            )
        case .double:
            try numbers(name, Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
        case .decimal:
            try numbers(name, Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
        case .char(let length), .binary(let length): .text(length: length, isVarying: false)
        case .varchar(let length), .varbinary(let length):
            .text(
                length: try self.length(name, length == TypeKind.maximumLength ? 100 : length),
                isVarying: try isVarying(name)
            )
        case .date, .time: .now
        case .timestamp, .timestampLTZ:
            .past(maxMilliseconds: try (options.microseconds(key(name, "max-past")) ?? 0) / 1000)
        case .array(let element):
            .list(try random("\(name).element", element), length: try length(name, 3))
        case .multiset(let element):
            .map(
                try random("\(name).element", element),
                FieldGenerator(
                    DataType.integer.notNull,
                    "\(name).count",
                    .integers(0...10),
                    nullRate: 0
                ),
                length: try length(name, 3)
            )
        case .map(let keyType, let valueType):
            .map(
                try random("\(name).key", keyType),
                try random("\(name).value", valueType),
                length: try length(name, 3)
            )
        case .row(let fields): .row(try members(name, fields))
        case .null: throw unsupported(type, name)
        }
    }

    private mutating func members(
        _ name: String,
        _ fields: [RowField]
    ) throws(ConnectorError) -> [FieldGenerator] {
        var members: [FieldGenerator] = []
        for field in fields { members.append(try random("\(name).\(field.name)", field.type)) }
        return members
    }

    private mutating func integers(
        _ name: String,
        _ range: ClosedRange<Int>,
        default defaultRange: ClosedRange<Int>? = nil
    ) throws(ConnectorError) -> FieldGenerator.Maker {
        let normal = defaultRange ?? range
        let minKey = key(name, "min")
        let maxKey = key(name, "max")
        let least = try options.integer(minKey, in: range) ?? normal.lowerBound
        let largest = try options.integer(maxKey, in: range) ?? normal.upperBound
        guard least <= largest else {
            throw options.invalid(minKey, "\(least)", "It must not be above '\(maxKey)'.")
        }
        return .integers(Int64(least)...Int64(largest))
    }

    private mutating func numbers(
        _ name: String,
        _ normal: ClosedRange<Double>
    ) throws(ConnectorError) -> FieldGenerator.Maker {
        let minKey = key(name, "min")
        let maxKey = key(name, "max")
        let least = try number(minKey) ?? normal.lowerBound
        let largest = try number(maxKey) ?? normal.upperBound
        guard least <= largest else {
            throw options.invalid(minKey, "\(least)", "It must not be above '\(maxKey)'.")
        }
        return .numbers(least...largest)
    }

    private mutating func number(_ key: String) throws(ConnectorError) -> Double? {
        guard let text = options.text(key) else { return nil }
        guard let number = Double(text), number.isFinite else {
            throw options.invalid(key, text, "Expected a number.")
        }
        return number
    }

    private mutating func length(
        _ name: String,
        _ normal: Int
    ) throws(ConnectorError) -> Int {
        let lengthKey = key(name, "length")
        let length = try options.integer(lengthKey, in: 0...DatagenLimits.lengthMax)
        return length ?? min(normal, DatagenLimits.lengthMax)
    }

    private mutating func isVarying(_ name: String) throws(ConnectorError) -> Bool {
        let varyingKey = key(name, "var-len")
        return try options.bool(varyingKey, default: false)
    }
}
