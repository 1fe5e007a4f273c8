package import Columnar

/// How a named state is laid out.
package enum StateShape: String, Hashable, Sendable, Codable {
    /// Key to row.
    case value
    /// Key to ordered sub-keys, each with a row.
    case multimap
    /// Window end to key to row.
    case window
}

/// The schema of one named state of an operator; it goes into checkpoints.
package struct StateDeclaration: Codable, Hashable, Sendable {
    /// Tells the states of one operator apart; part of every key on disk.
    package let id: UInt8
    package let name: String
    package let shape: StateShape
    package let keyTypes: [DataType]
    /// The types of sub-keys: of a multimap, or of a window state with several rows to a key.
    package let subKeyTypes: [DataType]
    package let rowTypes: [DataType]
    /// Whether rows are only ever added, and read with all others of their key; a hint for how the
    /// state is kept on disk, no part of the schema.
    package private(set) var isAppendOnly = false

    private enum CodingKeys: CodingKey {
        case id, name, shape, keyTypes, subKeyTypes, rowTypes
    }

    package init(
        id: UInt8,
        name: String,
        shape: StateShape,
        keyTypes: [DataType],
        subKeyTypes: [DataType] = [],
        rowTypes: [DataType],
        isAppendOnly: Bool = false
    ) {
        self.id = id
        self.name = name
        self.shape = shape
        self.keyTypes = keyTypes
        self.subKeyTypes = subKeyTypes
        self.rowTypes = rowTypes
        self.isAppendOnly = isAppendOnly
    }

    /// Whether the schemas are the same.
    package static func == (left: StateDeclaration, right: StateDeclaration) -> Bool {
        left.id == right.id && left.name == right.name && left.shape == right.shape
            && left.keyTypes == right.keyTypes && left.subKeyTypes == right.subKeyTypes
            && left.rowTypes == right.rowTypes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(name)
        hasher.combine(rowTypes)
    }
}

extension StateDeclaration {
    /// Whether the keys of a window state are made by `CompositeKeys`.
    var hasCompositeKeys: Bool { shape == .window && !subKeyTypes.isEmpty }
}

extension StateDeclaration: CustomStringConvertible {
    /// `accounts: value [BIGINT NOT NULL] -> [BIGINT, STRING]`.
    package var description: String {
        let list = { (types: [DataType]) in
            "[\(types.map(\.description).joined(separator: ", "))]"
        }
        let subKeys = subKeyTypes.isEmpty ? "" : " / \(list(subKeyTypes))"
        return "\(name): \(shape.rawValue) \(list(keyTypes))\(subKeys) -> \(list(rowTypes))"
    }
}

/// What has to be done with the state of a checkpoint for a job that declares its state anew.
package enum StateMigration: Hashable, Sendable {
    /// Nothing: the schemas are equal.
    case none
    /// Rows of these states get NULLs for columns that were added at their end.
    case widen([UInt8])
    /// The state does not fit.
    case refuse(String)

    /// Compares the declarations of a checkpoint with those of a job.
    ///
    /// A state that the job no longer declares, or that the checkpoint does not have, does not fit
    /// either: both mean that the operator computes something else.
    package static func decide(
        old: [StateDeclaration],
        new: [StateDeclaration],
        uid: String
    ) -> StateMigration {
        var widened: [UInt8] = []
        let oldByID = Dictionary(old.map { ($0.id, $0) }) { first, _ in first }
        var isRefused = old.count != new.count || oldByID.count != old.count
        for declaration in new where !isRefused {
            guard let previous = oldByID[declaration.id] else {
                isRefused = true
                continue
            }
            if previous == declaration { continue }
            if declaration.widens(previous) {
                widened.append(declaration.id)
            } else {
                isRefused = true
            }
        }
        guard isRefused else { return widened.isEmpty ? .none : .widen(widened) }
        let list = { (declarations: [StateDeclaration]) in
            declarations.map { "\n    \($0)" }.joined()
        }
        return .refuse(
            "The state of operator '\(uid)' in the checkpoint does not fit the job. Only nullable "
                + "columns at the end of a row may be added.\n  in the checkpoint:\(list(old))"
                + "\n  wanted by the job:\(list(new))"
        )
    }
}

extension StateDeclaration {
    /// Whether this is the other with nullable columns added at the end of its rows.
    func widens(_ other: StateDeclaration) -> Bool {
        name == other.name && shape == other.shape && keyTypes == other.keyTypes
            && subKeyTypes == other.subKeyTypes && rowTypes.count > other.rowTypes.count
            && Array(rowTypes[..<other.rowTypes.count]) == other.rowTypes
            && rowTypes[other.rowTypes.count...].allSatisfy(\.isNullable)
    }
}
