import Columnar

/// Reads change events as trees, with every check: behind the scanner.
struct EventReader {
    /// What an event is.
    enum Outcome {
        case rows(EventRows)
        /// A tombstone or a logical message.
        case nothing
        case truncation
        /// The record is no event, and why.
        case corrupt(String)
        case refused(FormatError)
    }

    private let layout: EventLayout
    private let converter: ValueConverter
    private let image: ObjectShape
    /// The description of the last record, as it was written.
    private(set) var schema: [UInt8] = []

    init(_ layout: EventLayout, _ converter: ValueConverter) {
        self.layout = layout
        self.converter = converter
        image = ObjectShape(layout.projection.fields)
        converter.fillableSlots = Set(layout.projection.fields.flatMap(\.rowSlots))
    }

    /// Reads an event into the given row, and the next one for an update.
    mutating func read(_ record: Span<UInt8>, _ row: Int, isUpsert: Bool) -> Outcome {
        converter.failure = nil
        let tree = converter.tree
        do {
            try tree.parse(record)
        } catch {
            _ = converter.fail(.syntax(error), -1)
            return .refused(FailureText.error(converter.failure, layout.table))
        }
        if tree.nodes[0].token == .null { return .nothing }
        guard tree.nodes[0].token == .object else { return .corrupt("it is no JSON object") }
        var payload = 0
        if layout.options.includesSchema {
            if let schema = tree.value(of: "schema", in: 0, record) { adopt(schema, record) }
            guard let found = tree.value(of: "payload", in: 0, record) else {
                return .corrupt("it has no \"payload\", which 'schema-include' = 'true' asks for")
            }
            if tree.nodes[found].token == .null { return .nothing }
            guard tree.nodes[found].token == .object else {
                return .corrupt("its \"payload\" is no object")
            }
            payload = found
        }
        return read(payload: payload, record, row, isUpsert: isUpsert)
    }

    private func read(
        payload: Int,
        _ record: Span<UInt8>,
        _ row: Int,
        isUpsert: Bool
    ) -> Outcome {
        let tree = converter.tree
        guard let op = tree.value(of: "op", in: payload, record), tree.nodes[op].token == .string
        else { return .corrupt("it has no \"op\"") }
        let before = objectNode("before", payload, record)
        let after = objectNode("after", payload, record)
        let name = String(decoding: tree.string(op, record), as: UTF8.self)
        switch name {
        case "c", "r":
            guard let after else { return .corrupt("the row \"after\" the change is missing") }
            return convert([(after, .one(0))], payload, record, row)
        case "u":
            guard let after else { return .corrupt("the row \"after\" the change is missing") }
            guard let before else {
                return isUpsert
                    ? convert([(after, .one(2))], payload, record, row) : noBefore("UPDATE")
            }
            return convert([(before, .update), (after, .update)], payload, record, row)
        case "d":
            guard let before else { return noBefore("DELETE") }
            return convert([(before, .one(3))], payload, record, row)
        case "t": return .truncation
        case "m": return .nothing
        default:
            return .refused(FormatError("Unknown \"op\" value \"\(name.prefix(20))\"."))
        }
    }

    /// The object of a key; nil when it is null or not there.
    private func objectNode(_ key: String, _ parent: Int, _ record: Span<UInt8>) -> Int? {
        guard let node = converter.tree.value(of: key, in: parent, record),
            converter.tree.nodes[node].token != .null
        else { return nil }
        return node
    }

    private func convert(
        _ images: [(node: Int, rows: EventRows)],
        _ payload: Int,
        _ record: Span<UInt8>,
        _ row: Int
    ) -> Outcome {
        defer { converter.placeholderRow = nil }
        for (index, part) in images.enumerated() {
            guard converter.convert(object: part.node, record, image, row + index) else {
                return .refused(FailureText.error(converter.failure, layout.table))
            }
            converter.placeholderRow = row
        }
        converter.placeholderRow = nil
        guard convertMetadata(payload, record, row) else {
            return .refused(FailureText.error(converter.failure, layout.table))
        }
        return .rows(images[0].rows)
    }

    private func convertMetadata(_ payload: Int, _ record: Span<UInt8>, _ row: Int) -> Bool {
        let tree = converter.tree
        let source = objectNode("source", payload, record)
        for (key, slot) in layout.eventSlots {
            var node: Int?
            if let field = key.sourceField {
                if let source, tree.nodes[source].token == .object {
                    node = tree.value(of: field, in: source, record)
                }
            } else {
                switch key {
                case .ingestionTimestamp: node = tree.value(of: "ts_ms", in: payload, record)
                case .sourceProperties: node = source
                case .schema: node = tree.value(of: "schema", in: 0, record)
                default: break
                }
            }
            guard let node else {
                layout.table.storeNull(slot, row)
                continue
            }
            guard converter.convert(node: node, record, slot, row) else { return false }
        }
        return true
    }

    private func noBefore(_ operation: String) -> Outcome {
        .refused(
            FormatError(
                """
                The "before" field of \(operation) message is null, if you are using Debezium \
                Postgres Connector, please check the Postgres table has been set REPLICA IDENTITY \
                to FULL level. Or declare a PRIMARY KEY and set \
                'debezium-json.changelog-mode' = 'upsert'.
                """
            )
        )
    }

    /// Takes over what a record's description says about how its values are written.
    private mutating func adopt(_ node: Int, _ record: Span<UInt8>) {
        let tree = converter.tree
        let range = tree.nodes[node].start..<tree.nodes[node].end
        let text = record.extracting(range)
        if text.count == schema.count, text.indices.allSatisfy({ text[$0] == schema[$0] }) {
            return
        }
        schema = text.indices.map { text[$0] }
        let columns = ConnectSchema.rowFields(tree, node, record)
        for field in layout.projection.fields {
            describe(field, columns[field.name])
        }
    }

    private func describe(_ field: ProjectedField, _ schema: ConnectSchema?) {
        if field.slot >= 0 {
            describe(slot: field.slot, field.type, schema)
        } else {
            for child in field.children { describe(child, schema?.fields[child.name]) }
        }
    }

    private func describe(slot: Int, _ type: DataType, _ schema: ConnectSchema?) {
        let declared = DebeziumEncoding.declared(type, layout.options)
        unsafe layout.table.slots[slot].encoding =
            schema.map {
                DebeziumEncoding.described(declared, name: $0.name, scale: $0.scale)
            } ?? declared
        let children = layout.table.layouts[slot].children
        for (position, child) in children.enumerated() {
            let childType = layout.table.layouts[child].type
            var childSchema: ConnectSchema?
            if case .row(let fields) = type.kind {
                childSchema = schema?.fields[fields[position].name]
            } else {
                childSchema = schema?.element
            }
            describe(slot: child, childType, childSchema)
        }
    }
}
