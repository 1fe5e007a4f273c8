import Columnar
import Core

/// Where the parts of a change event go: the images of the row, and what it tells beside them.
final class EventLayout {
    /// Where an output column comes from.
    enum Output {
        /// A field of the row, by its position among the row's outputs.
        case row(Int)
        /// A slot of its own.
        case slot(Int)
        /// An entry of the event's source, which is read as a whole.
        case sourceEntry(String)
    }

    let table: SlotTable
    let projection: TableProjection
    let outputs: [(source: Output, type: DataType)]
    /// The slots of everything that is said once for all rows of an event.
    private(set) var eventSlots: [(key: DebeziumMetadata, slot: Int)] = []
    /// The slot of the whole source, or -1.
    private(set) var sourceSlot = -1
    /// The slots of the primary key.
    let keySlots: [Int]
    let options: DebeziumOptions

    init(
        _ definition: TableDefinition,
        _ requested: ScanProjection,
        _ options: DebeziumOptions
    ) throws(FormatError) {
        self.options = options
        let isMetadata = requested.paths.map { definition.columns[$0[0]].metadataKey != nil }
        var rowPaths = zip(requested.paths, isMetadata).filter { !$0.1 }.map(\.0)
        let keyPaths = options.changelog == .upsert ? definition.primaryKey.map { [$0] } : []
        rowPaths += keyPaths
        let rows = TableProjection(definition, ScanProjection(paths: rowPaths))
        projection = rows
        let keys = try Self.metadataKeys(definition, requested)
        let wantsSource = keys.contains(.sourceProperties)
        table = SlotTable(
            capacity: rows.fields.reduce(keys.count * 3) { $0 + $1.slotCount }
        )
        for field in rows.fields {
            field.addSlots(
                to: table,
                path: field.name,
                separator: options.reading.separator
            ) { DebeziumEncoding.declared($0, options) }
        }
        keySlots = rows.outputs.suffix(keyPaths.count).map(\.field.slot)
        var slots: [DebeziumMetadata: Int] = [:]
        for key in keys where !wantsSource || key.sourceField == nil {
            var encoding = ValueEncoding()
            encoding.epochUnit = .milliseconds
            slots[key] = table.add(
                key.type,
                path: key.rawValue,
                separator: options.reading.separator
            ) { _ in encoding }
        }
        eventSlots = slots.sorted { $0.value < $1.value }.map { ($0.key, $0.value) }
        sourceSlot = slots[.sourceProperties] ?? -1
        var nextRow = 0
        var outputs: [(source: Output, type: DataType)] = []
        let types = requested.types(of: definition)
        for (index, path) in requested.paths.enumerated() {
            let name = definition.columns[path[0]].metadataKey
            guard let name, let key = DebeziumMetadata(rawValue: name) else {
                outputs.append((.row(nextRow), types[index]))
                nextRow += 1
                continue
            }
            if let slot = slots[key] {
                outputs.append((.slot(slot), types[index]))
            } else {
                outputs.append((.sourceEntry(key.sourceField ?? ""), types[index]))
            }
        }
        self.outputs = outputs
    }

    private static func metadataKeys(
        _ table: TableDefinition,
        _ projection: ScanProjection
    ) throws(FormatError) -> Set<DebeziumMetadata> {
        var keys: Set<DebeziumMetadata> = []
        for path in projection.paths {
            guard let name = table.columns[path[0]].metadataKey else { continue }
            guard let key = DebeziumMetadata(rawValue: name) else {
                throw FormatError(
                    blame: .engine,
                    "'\(name)' is no metadata of the format debezium-json."
                )
            }
            keys.insert(key)
        }
        return keys
    }

    /// The slots of the rows, for making room.
    var rowSlots: [Int] { projection.fields.flatMap(\.rowSlots) + eventSlots.map(\.slot) }

    /// Whether the description of the record is itself an output.
    var readsSchema: Bool { eventSlots.contains { $0.key == .schema } }

    /// What the scanner looks for in an event.
    var plan: ScanPlan {
        let image = projection.fields.map { ScanPlan.Entry.field($0) }
        var payload: [ScanPlan.Entry] = [
            .special(name: "before", .imageBefore, image),
            .special(name: "after", .imageAfter, image),
            .special(name: "op", .operation, []),
        ]
        var source: [ScanPlan.Entry] = []
        for (key, slot) in eventSlots {
            if let name = key.sourceField {
                source.append(entry(name, key, slot))
            } else if key == .ingestionTimestamp {
                payload.append(entry("ts_ms", key, slot))
            } else if key == .sourceProperties {
                payload.append(entry("source", key, slot))
            } else if key == .schema, !options.includesSchema {
                payload.append(entry("schema", key, slot))
            }
        }
        if !source.isEmpty { payload.append(.object(name: "source", source)) }
        guard options.includesSchema else { return ScanPlan(payload, table) }
        return ScanPlan(
            [.special(name: "schema", .schema, []), .object(name: "payload", payload)],
            table
        )
    }

    private func entry(_ name: String, _ key: DebeziumMetadata, _ slot: Int) -> ScanPlan.Entry {
        let field = ProjectedField(name: name, type: key.type)
        field.slot = slot
        return .field(field)
    }
}
