import Columnar

/// What a plan needs of one field: all of it, or some fields below it.
final class ProjectedField {
    let name: String
    let type: DataType
    /// Whether the whole value is an output, or part of one.
    var isWhole = false
    /// The needed fields of a ROW; all of them when it is whole.
    var children: [ProjectedField] = []
    /// The position of each child in the ROW type.
    var positions: [Int] = []
    /// The slot of the value, and of the validity of a whole ROW.
    var slot = -1

    init(name: String, type: DataType) {
        self.name = name
        self.type = type
    }

    /// Notes that the value at a path below this field is needed.
    func require(_ path: ArraySlice<Int>) {
        guard let position = path.first else {
            requireWhole()
            return
        }
        child(position).require(path.dropFirst())
    }

    private func requireWhole() {
        isWhole = true
        for position in type.rowFields.indices { child(position).requireWhole() }
    }

    private func child(_ position: Int) -> ProjectedField {
        if let index = positions.firstIndex(of: position) { return children[index] }
        let field = type.rowFields[position]
        let child = ProjectedField(name: field.name, type: field.type)
        // Children are kept in the order of the type, which whole ROWs need.
        let index = positions.firstIndex { $0 > position } ?? positions.count
        positions.insert(position, at: index)
        children.insert(child, at: index)
        return child
    }

    /// The field at a path below this one.
    func find(_ path: ArraySlice<Int>) -> ProjectedField {
        guard let position = path.first, let index = positions.firstIndex(of: position) else {
            return self
        }
        return children[index].find(path.dropFirst())
    }

    /// Adds the slots of this field to a table.
    func addSlots(
        to table: SlotTable,
        path: String,
        separator: UInt8,
        _ encoding: (DataType) -> ValueEncoding
    ) {
        guard case .row = type.kind else {
            slot = table.add(type, path: path, separator: separator, encoding)
            return
        }
        if isWhole {
            slot = table.addOne(type, path: path, separator: separator, encoding(type))
        }
        for child in children {
            child.addSlots(
                to: table,
                path: "\(path).\(child.name)",
                separator: separator,
                encoding
            )
        }
        if isWhole { table.setChildren(children.map(\.slot), of: slot) }
    }

    /// The number of slots that `addSlots` adds.
    var slotCount: Int {
        guard case .row = type.kind else { return SlotTable.slotCount(type) }
        return children.reduce(isWhole ? 1 : 0) { $0 + $1.slotCount }
    }

    /// The slots of the rows themselves: not those of elements and entries.
    var rowSlots: [Int] {
        guard case .row = type.kind else { return [slot] }
        return (isWhole ? [slot] : []) + children.flatMap(\.rowSlots)
    }
}

/// The fields of a table that a plan needs, and where its output columns come from.
struct TableProjection {
    /// The needed columns of the table.
    let fields: [ProjectedField]
    /// The field and type of each output column.
    let outputs: [(field: ProjectedField, type: DataType)]

    /// The projection of some of the columns; others are left to the caller.
    init(_ table: TableDefinition, _ projection: ScanProjection) {
        var fields: [Int: ProjectedField] = [:]
        for path in projection.paths {
            let column = table.columns[path[0]]
            let field =
                fields[path[0]] ?? ProjectedField(name: column.name, type: column.type)
            fields[path[0]] = field
            field.require(path.dropFirst())
        }
        self.fields = fields.sorted { $0.key < $1.key }.map(\.value)
        let types = projection.types(of: table)
        outputs = zip(projection.paths, types).compactMap { path, type in
            fields[path[0]].map { ($0.find(path.dropFirst()), type) }
        }
    }
}
