/// `CREATE TABLE`.
extension Parser {
    /// The parts of a table's definition, while they are read.
    private struct TableParts {
        var columns: [ColumnDefinition] = []
        var constraints: [TableConstraint] = []
        var watermark: WatermarkDefinition?
    }

    /// Reads `TABLE [IF NOT EXISTS] …`.
    mutating func createTable(
        isTemporary: Bool,
        from first: Int
    ) throws(SyntaxError) -> CreateTable {
        try require(.table)
        let ifNotExists = acceptIfNotExists()
        let name = try qualifiedName()
        var parts = TableParts()
        if accept(.leftParen) {
            repeat { try readTableElement(into: &parts) } while accept(.comma)
            try require(.rightParen)
        }
        let comment = accept(.comment) ? try quotedText() : nil
        if isAt(.distributed) { throw unsupported("DISTRIBUTED", at: current) }
        if isAt(.using) { throw unsupported("USING CONNECTION", at: current) }
        var partitionedBy: [Identifier] = []
        if accept(.partitioned) {
            try require(.by)
            partitionedBy = try parenthesizedNames()
        }
        let options = accept(.with) ? try tableOptions() : []
        let like = isAt(.like) ? try tableLike() : nil
        if isAt(.as) {
            throw error(
                "CREATE TABLE AS is not supported",
                advice: "Create the table with its columns, then INSERT INTO it.",
                at: range(of: current)
            )
        }
        return CreateTable(
            name: name,
            isTemporary: isTemporary,
            ifNotExists: ifNotExists,
            columns: parts.columns,
            constraints: parts.constraints,
            watermark: parts.watermark,
            comment: comment,
            partitionedBy: partitionedBy,
            options: options,
            like: like,
            range: range(from: first)
        )
    }

    private mutating func readTableElement(into parts: inout TableParts) throws(SyntaxError) {
        if isAt(.watermark) {
            guard parts.watermark == nil else {
                throw error(
                    "Multiple WATERMARK declarations are not supported yet.",
                    at: range(of: current)
                )
            }
            parts.watermark = try watermark()
        } else if isAt(.constraint) || isAt(.primary) || isAt(.unique) {
            parts.constraints.append(try constraint(of: nil))
        } else {
            parts.columns.append(try column())
        }
    }

    /// Reads an expression that is not a query.
    private mutating func rowExpression() throws(SyntaxError) -> Expression {
        let first = current
        let value = try expression()
        guard case .subquery(let subquery) = value, subquery.kind == .scalar else { return value }
        throw error("Query expression encountered in illegal context", at: range(of: first))
    }

    private mutating func watermark() throws(SyntaxError) -> WatermarkDefinition {
        let first = index
        advance()
        try require(.for)
        let column = try qualifiedName()
        try require(.as)
        let expression = try rowExpression()
        return WatermarkDefinition(
            column: column,
            expression: expression,
            range: range(from: first)
        )
    }

    private mutating func column() throws(SyntaxError) -> ColumnDefinition {
        let first = index
        let name = try identifier()
        let kind: ColumnDefinition.Kind
        if accept(.as) {
            kind = .computed(try rowExpression())
        } else {
            let type = try dataType()
            if accept(.metadata) {
                let key = accept(.from) ? try quotedText() : nil
                kind = .metadata(type, key: key, isVirtual: accept(.virtual))
            } else {
                let hasOwn = isAt(.constraint) || isAt(.primary) || isAt(.unique)
                kind = .physical(type, hasOwn ? try constraint(of: name) : nil)
            }
        }
        let comment = accept(.comment) ? try quotedText() : nil
        return ColumnDefinition(
            name: name,
            kind: kind,
            comment: comment,
            range: range(from: first)
        )
    }

    /// A constraint of a column, or of the table.
    private mutating func constraint(
        of column: Identifier?
    ) throws(SyntaxError) -> TableConstraint {
        let first = index
        let name = accept(.constraint) ? try identifier() : nil
        let kind: TableConstraint.Kind
        if try require(oneOf: .primary, .unique) == .primary {
            try require(.key)
            kind = .primaryKey
        } else {
            kind = .unique
        }
        let columns = if let column { [column] } else { try parenthesizedNames() }
        var isEnforced: Bool?
        if accept(.enforced) {
            isEnforced = true
        } else if accept(.not) {
            try require(.enforced)
            isEnforced = false
        }
        return TableConstraint(
            name: name,
            kind: kind,
            columns: columns,
            isEnforced: isEnforced,
            range: range(from: first)
        )
    }

    private mutating func tableOptions() throws(SyntaxError) -> [TableOption] {
        try require(.leftParen)
        var options: [TableOption] = []
        if current.kind != .rightParen {
            options = try list { (parser) throws(SyntaxError) in try parser.tableOption() }
        }
        try require(.rightParen)
        return options
    }

    /// Reads `'key' = 'value'`.
    mutating func tableOption() throws(SyntaxError) -> TableOption {
        let key = try quotedText()
        try require(.equal)
        return TableOption(key: key, value: try quotedText())
    }

    private mutating func tableLike() throws(SyntaxError) -> TableLike {
        let first = index
        advance()
        let table = try qualifiedName()
        var options: [TableLikeOption] = []
        if accept(.leftParen) {
            repeat { options.append(try tableLikeOption()) } while current.kind != .rightParen
            advance()
        }
        return TableLike(table: table, options: options, range: range(from: first))
    }

    private mutating func tableLikeOption() throws(SyntaxError) -> TableLikeOption {
        let first = index
        let strategy: TableLikeOption.Strategy =
            switch try require(oneOf: .including, .excluding, .overwriting) {
            case .excluding: .excluding
            case .overwriting: .overwriting
            default: .including
            }
        let word = try require(
            oneOf: .all,
            .constraints,
            .distribution,
            .generated,
            .metadata,
            .options,
            .partitions,
            .watermarks
        )
        guard let feature = TableLikeOption.Feature(rawValue: word.text) else {
            throw unexpected()
        }
        return TableLikeOption(strategy: strategy, feature: feature, range: range(from: first))
    }
}
