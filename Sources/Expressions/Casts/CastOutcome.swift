import Columnar

/// A converted column, and the rows whose values could not be converted.
struct CastOutcome {
    let column: Column
    /// Nil when every value could be converted.
    let failures: CastFailures?

    init(_ column: Column, failures: CastFailures? = nil) {
        self.column = column
        self.failures = failures
    }
}

/// The rows that a conversion failed on, and why the first of them did.
struct CastFailures {
    private(set) var rows: [Int] = []
    private(set) var reason = ""

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ row: Int, _ reason: @autoclosure () -> String) {
        if rows.isEmpty { self.reason = reason() }
        rows.append(row)
    }

    /// Nil when there is none, for `CastOutcome`.
    var orNil: CastFailures? { isEmpty ? nil : self }
}

/// Converts a column; made once for each cast of a program.
typealias ColumnCast = (Column) -> CastOutcome

extension Column {
    /// The validity less the given rows.
    func invalidating(_ rows: [Int]) -> Column {
        if case .null = values { return self }
        var words = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        let valid = fullValidity.words.span
        do {
            var output = words.span
            for index in valid.indices { output[index] = valid[index] }
            for row in rows {
                output[row >> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: row & 63))
            }
        }
        return withValidity(Bitmap(words: words, count: count))
    }
}
