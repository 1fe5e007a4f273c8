/// What a row of a changelog does to the table that it describes; raw values as in Flink.
@frozen @usableFromInline package enum RowKind: UInt8, Sendable, CaseIterable {
    case insert = 0
    /// The old image of a row that is being changed; its new image follows.
    case updateBefore = 1
    case updateAfter = 2
    case delete = 3

    /// `+I`, `-U`, `+U` or `-D`.
    package var symbol: String {
        switch self {
        case .insert: "+I"
        case .updateBefore: "-U"
        case .updateAfter: "+U"
        case .delete: "-D"
        }
    }

    package init?(symbol: some StringProtocol) {
        guard let kind = RowKind.allCases.first(where: { $0.symbol == symbol }) else { return nil }
        self = kind
    }

    /// Whether the row is taken away: `-U` and `-D`.
    @inlinable package var isRetraction: Bool { rawValue & 1 == 1 }
}

/// The kinds of all rows of a batch; most batches hold inserts only and store none.
package enum RowKinds: Sendable {
    case insertOnly
    case mixed(FixedValues<UInt8>)

    /// The kind of a row; for cold code.
    package subscript(row: Int) -> RowKind {
        switch self {
        case .insertOnly: .insert
        case .mixed(let kinds): RowKind(rawValue: kinds[row]) ?? .insert
        }
    }

    /// One byte for each row, also when all are inserts.
    package func bytes(count: Int) -> FixedValues<UInt8> {
        switch self {
        case .insertOnly: FixedValues(repeating: 0, count: count)
        case .mixed(let kinds): kinds
        }
    }

    package init(_ kinds: [RowKind]) {
        self =
            kinds.allSatisfy { $0 == .insert }
            ? .insertOnly : .mixed(FixedValues(kinds.map(\.rawValue)))
    }

    package func gather(_ positions: FixedValues<Int32>) -> RowKinds {
        switch self {
        case .insertOnly: .insertOnly
        case .mixed(let kinds): .mixed(kinds.gather(positions))
        }
    }

    package func slice(_ range: Range<Int>) -> RowKinds {
        switch self {
        case .insertOnly: .insertOnly
        case .mixed(let kinds): .mixed(kinds.slice(range))
        }
    }
}
