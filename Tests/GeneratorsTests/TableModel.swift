import Generators
import Testing

/// Tables in memory, to which changes are applied as a database would.
struct TableModel {
    typealias Row = [String: String?]

    /// Rows by the values of their key, for each table.
    private(set) var tables: [String: [[String?]: Row]] = [:]
    private(set) var counts: [String: Int] = [:]
    private let templates: [ChangeTemplate]
    private let keys: [String: [String]]

    init(_ generator: any ChangeGenerator.Type) {
        templates = generator.templates
        keys = Dictionary(uniqueKeysWithValues: generator.tables.map { ($0.name, $0.key) })
        for table in generator.tables { tables[table.name] = [:] }
    }

    func rows(_ table: String) -> [Row] { tables[table].map { Array($0.values) } ?? [] }

    func value(_ table: String, _ key: String?, _ column: String) -> String? {
        tables[table]?[[key]]?[column] ?? nil
    }

    func exists(_ table: String, _ key: String?) -> Bool { tables[table]?[[key]] != nil }

    /// The template and the named values of a change.
    func named(_ change: RowChange) -> (template: ChangeTemplate, values: Row) {
        let template = templates[change.template]
        let names = template.columns + template.key
        var row: Row = [:]
        for (name, value) in zip(names, change.values) { row[name] = value }
        #expect(names.count == change.values.count)
        return (template, row)
    }

    /// Applies a change; one that a database would refuse or that would hit no row fails the test.
    mutating func apply(_ change: RowChange) {
        let (template, values) = named(change)
        let key = (keys[template.table] ?? []).map { values[$0] ?? nil }
        let old = tables[template.table]?[key]
        switch template.kind {
        case .insert:
            #expect(old == nil, "a second row \(key) in \(template.table)")
            tables[template.table]?[key] = values
        case .update:
            #expect(old != nil, "no row \(key) in \(template.table) to update")
            tables[template.table]?[key] = old?.merging(values) { $1 }
        case .delete:
            #expect(old != nil, "no row \(key) in \(template.table) to delete")
            tables[template.table]?[key] = nil
        }
        counts["\(template.kind.rawValue) \(template.table)", default: 0] += 1
    }
}
