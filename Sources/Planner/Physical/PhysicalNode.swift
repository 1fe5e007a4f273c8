import Columnar
import Core
import Expressions
import JobGraph

/// A node of the physical plan: an operator with what is known of the rows that it sends.
final class PhysicalNode {
    /// Where an input comes from, and how its rows get here.
    struct Input {
        let node: PhysicalNode
        let output: Int
        var exchange: Exchange
    }

    /// What makes the node an operator; some facts are only known when all nodes are there.
    enum Kind {
        case source(SourceGroup, output: Int)
        /// Any node whose specification is final.
        case fixed(NodeSpec)
        case changelogNormalize(ChangelogNormalizeSpec)
        case groupAggregate(GroupAggregateSpec)
    }

    let kind: Kind
    var inputs: [Input]
    let columns: [RelationColumn]
    /// What the node is called in plans, as Flink writes it.
    let title: String
    /// What the node means, for its uid: a change that makes old state useless changes it.
    let meaning: String
    let changes: RowChanges
    let keys: KeyFacts
    /// The columns by whose hash rows are spread over slots, with the types that are hashed.
    let distribution: Distribution?
    let window: WindowTrait?
    /// Whether a reader needs `-U` rows; found from the sinks down.
    var mustSendUpdateBefore = false
    /// How to estimate the state of the node in EXPLAIN; nil for nodes without state.
    let stateNote: String?

    init(
        _ kind: Kind,
        inputs: [Input],
        columns: [RelationColumn],
        title: String,
        meaning: String,
        changes: RowChanges,
        keys: KeyFacts,
        distribution: Distribution?,
        window: WindowTrait? = nil,
        stateNote: String? = nil
    ) {
        self.kind = kind
        self.inputs = inputs
        self.columns = columns
        self.title = title
        self.meaning = meaning
        self.changes = changes
        self.keys = keys
        self.distribution = distribution
        self.window = window
        self.stateNote = stateNote
    }

    var types: [DataType] { columns.map(\.type) }
    var names: [String] { columns.map(\.name) }
    var schema: Schema { Schema(columns.map { RowField($0.name, $0.type) }) }

    /// The kinds of rows that the node sends.
    var changelogMode: ChangelogMode {
        var mode: ChangelogMode = []
        if changes.inserts { mode.insert(.insert) }
        if changes.updates {
            mode.insert(.updateAfter)
            if mustSendUpdateBefore || changes.alwaysSendsUpdateBefore {
                mode.insert(.updateBefore)
            }
        }
        if changes.deletes { mode.insert(.delete) }
        return mode
    }
}

/// How rows are spread over slots.
struct Distribution: Hashable {
    let columns: [Int]
    let types: [DataType]
}

/// What a node's rows can do to the table they describe.
struct RowChanges: Hashable {
    var inserts = true
    var updates = false
    var deletes = false
    /// Whether the node cannot leave out `-U` rows.
    var alwaysSendsUpdateBefore = false
    /// Whether updates come without `-U` and deletes with the key alone: such rows must be
    /// completed before anything but a sink reads them.
    var isUpsert = false

    static let append = RowChanges()

    var isAppendOnly: Bool { !updates && !deletes }

    init(
        updates: Bool = false,
        deletes: Bool = false,
        alwaysSendsUpdateBefore: Bool = false,
        isUpsert: Bool = false
    ) {
        self.updates = updates
        self.deletes = deletes
        self.alwaysSendsUpdateBefore = alwaysSendsUpdateBefore
        self.isUpsert = isUpsert
    }

    /// What a source sends.
    init(_ mode: ChangelogMode) {
        updates = mode.contains(.updateAfter)
        deletes = mode.contains(.delete)
        alwaysSendsUpdateBefore = mode.contains(.updateBefore)
        isUpsert = updates && !mode.contains(.updateBefore)
    }

    /// What several inputs together can do.
    func union(_ other: RowChanges) -> RowChanges {
        RowChanges(
            updates: updates || other.updates,
            deletes: deletes || other.deletes,
            alwaysSendsUpdateBefore: alwaysSendsUpdateBefore || other.alwaysSendsUpdateBefore
        )
    }
}

/// Which columns tell the rows of a node apart.
struct KeyFacts: Hashable {
    /// Sets of columns of which no two present rows have the same values.
    var unique: [Set<Int>]
    /// Those by which changes of a row also arrive in order (Flink's upsert keys); nil when the
    /// table's key has been projected away.
    var upsert: [Set<Int>]?

    static let none = KeyFacts(unique: [], upsert: nil)

    init(unique: [Set<Int>], upsert: [Set<Int>]?) {
        self.unique = unique
        self.upsert = upsert
    }

    init(_ keys: [Set<Int>]) {
        unique = keys
        upsert = keys
    }

    /// The keys behind a projection; a key is lost with one of its columns.
    func projected(_ mapping: [Int: Int]) -> KeyFacts {
        func map(_ keys: [Set<Int>]) -> [Set<Int>] {
            keys.compactMap { key in
                let moved = key.compactMap { mapping[$0] }
                return moved.count == key.count ? Set(moved) : nil
            }
        }
        let moved = upsert.map(map)
        let isLost = !(upsert ?? []).isEmpty && (moved ?? []).isEmpty
        return KeyFacts(unique: map(unique), upsert: isLost ? nil : moved)
    }

    /// The keys behind an exchange: changes of a row stay in order only if its key fixes the slot.
    func exchanged(by columns: [Int]) -> KeyFacts {
        KeyFacts(unique: unique, upsert: upsert.map { $0.filter { $0.isSuperset(of: columns) } })
    }

    /// Whether some unique key lies within the columns.
    func isUnique(_ columns: Set<Int>) -> Bool {
        unique.contains { $0.isSubset(of: columns) }
    }
}

/// That rows belong to windows, and which columns say to which.
struct WindowTrait: Hashable {
    let kind: WindowKind
    let isLocal: Bool
    /// Columns that hold the start, the end and the rowtime of the window.
    var starts: Set<Int>
    var ends: Set<Int>
    var times: Set<Int>

    func projected(_ mapping: [Int: [Int]]) -> WindowTrait? {
        func map(_ columns: Set<Int>) -> Set<Int> { Set(columns.flatMap { mapping[$0] ?? [] }) }
        let moved = WindowTrait(
            kind: kind,
            isLocal: isLocal,
            starts: map(starts),
            ends: map(ends),
            times: map(times)
        )
        return moved.starts.isEmpty && moved.ends.isEmpty && moved.times.isEmpty ? nil : moved
    }
}

/// Tables that are read by one source, each with its output.
final class SourceGroup {
    let connector: String
    let key: String
    /// In the order of the outputs.
    var requests: [ScanRequest] = []
    var schemas: [Schema] = []
    var titles: [String] = []

    init(connector: String, key: String) {
        self.connector = connector
        self.key = key
    }
}
