package import Columnar
package import Expressions

/// The kinds of joins.
package enum JoinKind: String, Hashable, Sendable, Codable {
    case inner
    case left
    case right
    case full

    /// Whether left rows without a match are kept, padded with NULL.
    package var keepsLeft: Bool { self == .left || self == .full }
    /// Whether right rows without a match are kept, padded with NULL.
    package var keepsRight: Bool { self == .right || self == .full }
}

/// How the rows of one side of a join are told apart in its state.
package enum JoinSideKey: Hashable, Sendable, Codable {
    /// The join key holds a unique key: one row for each join key.
    case joinKeyIsUnique
    /// These columns are unique.
    case unique([Int])
    /// Equal rows are counted.
    case none
}

/// One side of a join.
package struct JoinSide: Hashable, Sendable, Codable {
    package let key: [Int]
    package let identity: JoinSideKey
    /// Whether the side never retracts.
    package let isAppendOnly: Bool

    package init(key: [Int], identity: JoinSideKey, isAppendOnly: Bool) {
        self.key = key
        self.identity = identity
        self.isAppendOnly = isAppendOnly
    }
}

/// A regular join: both sides are kept in state, keyed by the join key.
package struct JoinSpec: Hashable, Sendable, Codable {
    package let kind: JoinKind
    package let left: JoinSide
    package let right: JoinSide
    /// The types in which keys of both sides are compared.
    package let keyTypes: [DataType]
    /// For each key column, whether NULL equals NULL.
    package let nullsAreEqual: [Bool]
    /// What must hold beside the equality of keys; over the columns of both sides.
    package let condition: Expression?

    package init(
        kind: JoinKind,
        left: JoinSide,
        right: JoinSide,
        keyTypes: [DataType],
        nullsAreEqual: [Bool],
        condition: Expression?
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.keyTypes = keyTypes
        self.nullsAreEqual = nullsAreEqual
        self.condition = condition
    }
}

/// A join of rows of the same window: state lives until the window is over.
package struct WindowJoinSpec: Hashable, Sendable, Codable {
    package let kind: JoinKind
    package let leftKey: [Int]
    package let rightKey: [Int]
    package let keyTypes: [DataType]
    package let nullsAreEqual: [Bool]
    /// The `window_end` columns.
    package let leftWindowEnd: Int
    package let rightWindowEnd: Int
    /// The zone in which window ends of a `TIMESTAMP_LTZ` time attribute are local times.
    package let shiftTimeZone: String?
    package let condition: Expression?

    package init(
        kind: JoinKind,
        leftKey: [Int],
        rightKey: [Int],
        keyTypes: [DataType],
        nullsAreEqual: [Bool],
        leftWindowEnd: Int,
        rightWindowEnd: Int,
        shiftTimeZone: String?,
        condition: Expression?
    ) {
        self.kind = kind
        self.leftKey = leftKey
        self.rightKey = rightKey
        self.keyTypes = keyTypes
        self.nullsAreEqual = nullsAreEqual
        self.leftWindowEnd = leftWindowEnd
        self.rightWindowEnd = rightWindowEnd
        self.shiftTimeZone = shiftTimeZone
        self.condition = condition
    }
}
