import Columnar

/// The fields of an object by name, for reading it from a tree.
final class ObjectShape {
    /// Where the value of a field goes.
    enum Target {
        case slot(Int)
        case object(ObjectShape)
    }

    let names: [String]
    let targets: [Target]
    /// The slot of the object's own validity, or -1.
    let validitySlot: Int
    /// The slots to set when the object is NULL.
    let rowSlots: [Int]
    private let positions: [[UInt8]: Int]

    private init(
        names: [String],
        targets: [Target],
        validitySlot: Int,
        rowSlots: [Int]
    ) {
        self.names = names
        self.targets = targets
        self.validitySlot = validitySlot
        self.rowSlots = rowSlots
        let keys = names.map { Array($0.utf8) }
        positions = Dictionary(zip(keys, keys.indices)) { first, _ in first }
    }

    /// The shape of an object with some fields of a table or ROW.
    convenience init(_ fields: [ProjectedField], validitySlot: Int = -1) {
        self.init(
            names: fields.map(\.name),
            targets: fields.map { field in
                guard case .row = field.type.kind else { return .slot(field.slot) }
                return .object(ObjectShape(field.children, validitySlot: field.slot))
            },
            validitySlot: validitySlot,
            rowSlots: (validitySlot >= 0 ? [validitySlot] : []) + fields.flatMap(\.rowSlots)
        )
    }

    /// The shape of a ROW that is an element or entry.
    convenience init(_ table: SlotTable, slot: Int) {
        let layout = table.layouts[slot]
        let targets = layout.children.map { child -> Target in
            guard case .row = table.layouts[child].type.kind else { return .slot(child) }
            return .object(ObjectShape(table, slot: child))
        }
        self.init(
            names: layout.type.rowFields.map(\.name),
            targets: targets,
            validitySlot: slot,
            rowSlots: [slot]
                + targets.flatMap { target -> [Int] in
                    switch target {
                    case .slot(let slot): [slot]
                    case .object(let shape): shape.rowSlots
                    }
                }
        )
    }

    /// The position of a field by its name.
    func position(of key: [UInt8]) -> Int? { positions[key] }
}
