package import Columnar

/// An aggregate function.
package enum AggregateFunction: String, Hashable, Sendable, Codable {
    case countStar
    case count
    case sum
    /// A sum that is 0 of nothing.
    case sum0
    case avg
    case min
    case max
}

/// One aggregate of a query.
package struct AggregateCall: Hashable, Sendable, Codable {
    package let function: AggregateFunction
    /// The column that is aggregated; nil for `COUNT(*)`.
    package let argument: Int?
    /// The type of that column.
    package let argumentType: DataType
    package let isDistinct: Bool
    /// A BOOLEAN column: only rows where it is true count.
    package let filter: Int?
    package let type: DataType
    /// The name of the result column.
    package let name: String

    package init(
        function: AggregateFunction,
        argument: Int?,
        argumentType: DataType,
        isDistinct: Bool = false,
        filter: Int? = nil,
        type: DataType,
        name: String
    ) {
        self.function = function
        self.argument = argument
        self.argumentType = argumentType
        self.isDistinct = isDistinct
        self.filter = filter
        self.type = type
        self.name = name
    }
}

/// A group aggregation, whole or one of its two phases.
///
/// The local phase sends the group columns and the accumulators of every aggregate; the global
/// phase (`hasLocalPhase`) reads those. Output of the whole or the global phase: group columns,
/// then one column for each aggregate.
package struct GroupAggregateSpec: Hashable, Sendable, Codable {
    /// The group columns of the original input; the global phase finds them first.
    package let keys: [Int]
    package let keyTypes: [DataType]
    package let aggregates: [AggregateCall]
    /// Whether the input takes rows back.
    package let inputRetracts: Bool
    /// Whether a local phase runs before the exchange.
    package let hasLocalPhase: Bool
    package let emitsUpdateBefore: Bool

    package init(
        keys: [Int],
        keyTypes: [DataType],
        aggregates: [AggregateCall],
        inputRetracts: Bool,
        hasLocalPhase: Bool,
        emitsUpdateBefore: Bool
    ) {
        self.keys = keys
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        self.inputRetracts = inputRetracts
        self.hasLocalPhase = hasLocalPhase
        self.emitsUpdateBefore = emitsUpdateBefore
    }
}

/// How event time is cut into windows; all times in milliseconds.
package enum WindowKind: Hashable, Sendable, Codable {
    case tumble(size: Int64, offset: Int64)
    case hop(size: Int64, slide: Int64, offset: Int64)
}

/// Where the window of a row comes from.
package enum WindowTime: Hashable, Sendable, Codable {
    /// From a rowtime column, cut by a window function.
    case rowtime(column: Int, kind: WindowKind)
    /// The input's rows carry the end of their window: an aggregation over windowed rows.
    case attached(windowEnd: Int, kind: WindowKind)
}

/// The columns that a window operator appends to its output.
package enum WindowColumn: String, Hashable, Sendable, Codable {
    case start
    case end
    /// The last millisecond of the window; a rowtime column.
    case time
}

/// Window columns for every row.
package struct WindowAssignSpec: Hashable, Sendable, Codable {
    package let rowtime: Int
    package let kind: WindowKind
    /// The zone in which windows of a `TIMESTAMP_LTZ` column are cut; nil for `TIMESTAMP`.
    package let shiftTimeZone: String?

    package init(rowtime: Int, kind: WindowKind, shiftTimeZone: String?) {
        self.rowtime = rowtime
        self.kind = kind
        self.shiftTimeZone = shiftTimeZone
    }
}

/// A window aggregation, whole or one of its two phases.
///
/// The local phase sends the group columns, the slice's end (`BIGINT`, milliseconds) and the
/// accumulators. Output of the whole or the global phase: group columns, one column for each
/// aggregate, then the window columns.
package struct WindowAggregateSpec: Hashable, Sendable, Codable {
    package let keys: [Int]
    package let keyTypes: [DataType]
    package let aggregates: [AggregateCall]
    package let time: WindowTime
    package let windowColumns: [WindowColumn]
    package let shiftTimeZone: String?
    package let inputRetracts: Bool
    package let hasLocalPhase: Bool

    package init(
        keys: [Int],
        keyTypes: [DataType],
        aggregates: [AggregateCall],
        time: WindowTime,
        windowColumns: [WindowColumn],
        shiftTimeZone: String?,
        inputRetracts: Bool,
        hasLocalPhase: Bool
    ) {
        self.keys = keys
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        self.time = time
        self.windowColumns = windowColumns
        self.shiftTimeZone = shiftTimeZone
        self.inputRetracts = inputRetracts
        self.hasLocalPhase = hasLocalPhase
    }

    /// The same aggregation with or without a local phase before it.
    package func withLocalPhase(_ hasLocalPhase: Bool) -> WindowAggregateSpec {
        WindowAggregateSpec(
            keys: keys,
            keyTypes: keyTypes,
            aggregates: aggregates,
            time: time,
            windowColumns: windowColumns,
            shiftTimeZone: shiftTimeZone,
            inputRetracts: inputRetracts,
            hasLocalPhase: hasLocalPhase
        )
    }
}
