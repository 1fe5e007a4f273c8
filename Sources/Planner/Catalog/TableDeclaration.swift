import Columnar
import Expressions
import SQLSyntax

/// Turns `CREATE TABLE` into a table of the catalog.
struct TableDeclaration {
    private let catalog: Catalog
    private let statement: CreateTable
    /// Computed columns and the watermark see these: everything that is not computed.
    private var columns: [DeclaredTable.Column] = []
    private var watermark: DeclaredTable.Watermark?
    private var primaryKey: [Int] = []
    private var options: [String: String] = [:]

    init(_ catalog: Catalog, _ statement: CreateTable) {
        self.catalog = catalog
        self.statement = statement
    }

    /// The table, with everything it takes over by LIKE.
    mutating func declare() throws(PlannerError) -> DeclaredTable {
        if let first = statement.partitionedBy.first {
            throw PlannerError("PARTITIONED BY is not supported.", at: first.range)
        }
        let like = try statement.like.map { like throws(PlannerError) in
            try LikeClause(like, catalog)
        }
        columns = like?.columns ?? []
        try addPlainColumns(like)
        try addComputedColumns()
        try addPrimaryKey(like)
        try addWatermark(like)
        try addOptions(like)
        return DeclaredTable(
            path: catalog.path(statement.name).joined(separator: "."),
            columns: columns,
            primaryKey: primaryKey,
            watermark: watermark,
            options: options,
            range: statement.name.range
        )
    }

    private mutating func addPlainColumns(_ like: LikeClause?) throws(PlannerError) {
        var own: Set<String> = []
        for definition in statement.columns {
            let name = definition.name.name
            if !own.insert(name).inserted,
                let known = columns.first(where: { $0.name == name })
            {
                throw PlannerError(
                    "A \(known.isComputed ? "generated" : "regular") Column named '\(name)' "
                        + "already exists in the table.",
                    at: definition.name.range
                )
            }
            try like?.checkOverwriting(definition)
            let column = try plainColumn(definition)
            if let like, let index = like.position(of: name) {
                try like.checkType(column, at: index, definition.name.range)
                columns[index] = column
            } else {
                columns.append(column)
            }
        }
    }

    /// Computed columns hold their place with an unknown type until they are bound.
    private func plainColumn(
        _ definition: ColumnDefinition
    ) throws(PlannerError) -> DeclaredTable.Column {
        let name = definition.name.name
        return switch definition.kind {
        case .physical(let type, _):
            DeclaredTable.Column(
                name: name,
                type: try TypeBinder.type(type),
                computed: nil,
                metadataKey: nil,
                isVirtual: false
            )
        case .metadata(let type, let key, let isVirtual):
            DeclaredTable.Column(
                name: name,
                type: try TypeBinder.type(type),
                computed: nil,
                metadataKey: key?.text ?? name,
                isVirtual: isVirtual
            )
        case .computed:
            DeclaredTable.Column(
                name: name,
                type: .null,
                computed: .literal(.null, .null),
                metadataKey: nil,
                isVirtual: false
            )
        }
    }

    private mutating func addOptions(_ like: LikeClause?) throws(PlannerError) {
        options = like?.options ?? [:]
        for option in statement.options {
            if let like, like.options[option.key.text] != nil,
                like.strategy(.options) != .overwriting
            {
                throw PlannerError(
                    "There already exists an option '\(option.key.text)' in the base table. You "
                        + "might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.",
                    at: option.key.range
                )
            }
            options[option.key.text] = option.value.text
        }
    }

    private mutating func addComputedColumns() throws(PlannerError) {
        for definition in statement.columns {
            guard case .computed(let expression) = definition.kind,
                let index = columns.firstIndex(where: { $0.name == definition.name.name })
            else { continue }
            let bound = try ExpressionBinder(scope: scope(withComputed: false)).bind(expression)
                .folded()
            columns[index] = DeclaredTable.Column(
                name: definition.name.name,
                type: bound.type,
                computed: bound,
                metadataKey: nil,
                isVirtual: false
            )
        }
    }

    /// The columns by name; computed ones cannot refer to each other.
    private func scope(withComputed: Bool) -> TableScope {
        let visible = columns.enumerated().filter { withComputed || !$0.element.isComputed }
        return TableScope(
            visible.map { index, column in
                TableScope.Table(
                    name: nil,
                    columns: [RowField(column.name, column.type)],
                    start: index
                )
            }
        )
    }

    private mutating func addPrimaryKey(_ like: LikeClause?) throws(PlannerError) {
        var constraints = statement.constraints
        for definition in statement.columns {
            if case .physical(_, let constraint?) = definition.kind {
                constraints.append(constraint)
            }
        }
        guard let constraint = constraints.first(where: { $0.kind == .primaryKey }) else {
            if let unique = constraints.first {
                throw PlannerError("UNIQUE constraint is not supported yet", at: unique.range)
            }
            primaryKey = (like?.primaryKey ?? []).compactMap { name in
                columns.firstIndex { $0.name == name }
            }
            return
        }
        if let like, !like.primaryKey.isEmpty {
            throw PlannerError(
                "The base table already has a primary key. You might want to specify EXCLUDING "
                    + "CONSTRAINTS.",
                at: constraint.range
            )
        }
        guard constraint.isEnforced == false else {
            throw PlannerError(
                """
                Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT \
                ENFORCED controls if the constraint checks are performed on the \
                incoming/outgoing data. Flink does not own the data therefore the only supported \
                mode is the NOT ENFORCED mode
                """,
                at: constraint.range
            )
        }
        for identifier in constraint.columns {
            guard let index = columns.firstIndex(where: { $0.name == identifier.name }) else {
                throw PlannerError(
                    "Primary key column '\(identifier.name)' is not defined in the schema "
                        + "at \(identifier.range.start)",
                    hint: NameHint.text(identifier.name, columns.map(\.name)),
                    at: identifier.range
                )
            }
            let column = columns[index]
            guard !column.isComputed, column.metadataKey == nil else {
                throw PlannerError(
                    "Primary key column '\(identifier.name)' is not a physical column.",
                    at: identifier.range
                )
            }
            // A key is never NULL.
            columns[index] = DeclaredTable.Column(
                name: column.name,
                type: column.type.notNull,
                computed: nil,
                metadataKey: nil,
                isVirtual: false
            )
            primaryKey.append(index)
        }
    }

    private mutating func addWatermark(_ like: LikeClause?) throws(PlannerError) {
        guard let definition = statement.watermark else {
            guard let inherited = like?.watermark,
                let index = columns.firstIndex(where: { $0.name == inherited.column })
            else { return }
            watermark = DeclaredTable.Watermark(column: index, expression: inherited.expression)
            return
        }
        let name = definition.column.dotted
        if let like, let inherited = like.watermark {
            guard inherited.column == name else {
                throw PlannerError(
                    "Multiple WATERMARK declarations are not supported yet.",
                    at: definition.column.range
                )
            }
            guard like.strategy(.watermarks) == .overwriting else {
                throw PlannerError(
                    "There already exists a watermark spec for column '\(name)' in the base "
                        + "table. You might want to specify EXCLUDING WATERMARKS or OVERWRITING "
                        + "WATERMARKS.",
                    at: definition.column.range
                )
            }
        }
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            throw PlannerError(
                "The rowtime attribute field '\(name)' is not defined in the table schema, "
                    + "at \(definition.column.range.start)",
                hint: NameHint.text(name, columns.map(\.name)),
                at: definition.column.range
            )
        }
        try checkTimeField(columns[index].type, definition.column.range)
        let bound = try ExpressionBinder(scope: scope(withComputed: true))
            .bind(definition.expression).folded()
        guard bound.type.timestampUnitsPerMillisecond != nil else {
            throw PlannerError(
                "Invalid data type of expression for watermark definition. The field must be of "
                    + "type TIMESTAMP(p) or TIMESTAMP_LTZ(p), but the watermark expression type "
                    + "is \(bound.type.nullable())",
                at: definition.expression.range
            )
        }
        watermark = DeclaredTable.Watermark(column: index, expression: bound)
    }

    private func checkTimeField(_ type: DataType, _ range: SourceRange) throws(PlannerError) {
        switch type.kind {
        case .timestamp(let precision) where precision <= 3: return
        case .timestampLTZ(let precision) where precision <= 3: return
        default:
            throw PlannerError(
                """
                Invalid data type of time field for watermark definition. The field must be of \
                type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to \
                3, but the time field type is \(type.nullable())
                """,
                at: range
            )
        }
    }
}
