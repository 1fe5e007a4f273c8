import Columnar
import Core

/// How the rows of one relation of the stream go into one output.
struct OutputBinding {
    let builder: OutputBuilder
    let id: String
    let isAllChanges: Bool
    /// For each output column the field of a row that it is read from; -1 for metadata.
    let fieldOfColumn: [Int]
    /// For each output column whether it belongs to the declared primary key.
    let isKeyColumn: [Bool]
    /// The fields of the declared primary key.
    let primaryKeyFields: [Int]
    /// The fields of the key that the snapshot was cut by.
    let seamKeyFields: [Int]

    init(
        _ builder: OutputBuilder,
        _ relation: PgRelation,
        seamKeys: [KeyColumn]
    ) throws(PostgresError) {
        let table = builder.table
        self.builder = builder
        id = table.id
        isAllChanges = table.options.isAllChanges
        var places: [String: Int] = [:]
        for (index, column) in relation.columns.enumerated() { places[column.name] = index }
        let primaryKey = Set(table.primaryKeyNames)
        var fields: [Int] = []
        var keys: [Bool] = []
        for index in 0..<builder.columnCount {
            let name = builder.physicalName(index)
            fields.append(name.flatMap { places[$0] } ?? -1)
            keys.append(name.map { primaryKey.contains($0) } ?? false)
        }
        fieldOfColumn = fields
        isKeyColumn = keys
        primaryKeyFields = try OutputBinding.fields(table.primaryKeyNames, places, table)
        seamKeyFields = try OutputBinding.fields(seamKeys.map(\.name), places, table)
    }

    private static func fields(
        _ names: [String],
        _ places: [String: Int],
        _ table: CapturedTable
    ) throws(PostgresError) -> [Int] {
        var fields: [Int] = []
        for name in names {
            guard let place = places[name] else {
                throw PostgresError(
                    blame: .user,
                    """
                    Key column '\(name)' of table \(table.qualifiedName), which the job reads as \
                    '\(table.definition.path)', was dropped or renamed in the source. Nothing is \
                    lost: the job's checkpoint stands before the change.
                    """
                )
            }
            fields.append(place)
        }
        return fields
    }
}
