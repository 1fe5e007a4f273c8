/// A source of changes: the same seed gives the same changes at the same event times.
///
/// It does no I/O and has no clock: who calls it says what time it is in the world of the rows.
package protocol ChangeGenerator: Sendable {
    static var tables: [GeneratedTable] { get }
    /// All ways in which the generator changes its tables.
    static var templates: [ChangeTemplate] { get }
    /// Queries whose results let a generator go on where tables already hold rows; each gives
    /// whole numbers only.
    static var resumeQueries: [String] { get }

    init(seed: UInt64)

    /// Takes up what the tables hold: the rows of each query's result.
    ///
    /// - Parameter results: as many as there are `resumeQueries`.
    /// - Returns: the latest event time of the rows in microseconds since 1970, if there are any.
    mutating func resume(from results: [[[Int64?]]]) -> Int64?

    /// The next changes that belong together, never none, at an event time in microseconds since
    /// 1970 that never goes back.
    mutating func next(eventMicroseconds: Int64) -> [RowChange]
}

/// The data sets that can be written to a database.
package enum Dataset: String, Sendable, CaseIterable {
    case cards
    case engagement
    case orders

    package var type: any ChangeGenerator.Type {
        switch self {
        case .cards: CardsGenerator.self
        case .engagement: EngagementGenerator.self
        case .orders: OrdersGenerator.self
        }
    }
}
