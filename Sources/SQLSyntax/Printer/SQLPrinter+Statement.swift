/// Statements.
extension SQLPrinter {
    /// A statement, without a semicolon.
    mutating func statement(_ statement: Statement) {
        switch statement {
        case .createTable(let node): createTable(node)
        case .createView(let node): createView(node)
        case .drop(let node):
            write(node.isTemporary ? "DROP TEMPORARY " : "DROP ")
            write(node.ifExists ? "\(node.kind.rawValue) IF EXISTS " : "\(node.kind.rawValue) ")
            name(node.name)
        case .insert(let node): insert(node)
        case .statementSet(let node): statementSet(node)
        case .query(let node): query(node)
        case .explain(let node):
            write("EXPLAIN ")
            list(node.details) { $0.write($1.rawValue) }
            if !node.details.isEmpty { write(" ") }
            self.statement(node.statement)
        case .set(let node):
            write("SET")
            if let option = node.option {
                write(" ")
                self.option(option)
            }
        case .reset(let node):
            write("RESET")
            if let key = node.key {
                write(" ")
                string(key.text)
            }
        case .use(let node):
            write(node.isCatalog ? "USE CATALOG " : "USE ")
            name(node.name)
        case .show(let node): show(node)
        case .describe(let node):
            write(node.isExtended ? "DESCRIBE EXTENDED " : "DESCRIBE ")
            name(node.table)
        case .update(let node): update(node)
        case .delete(let node):
            write("DELETE FROM ")
            name(node.table)
            rowClauses(node.alias, node.condition)
        }
    }

    // CREATE.

    private mutating func createTable(_ node: CreateTable) {
        write(node.isTemporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ")
        if node.ifNotExists { write("IF NOT EXISTS ") }
        name(node.name)
        elements(of: node)
        comment(node.comment)
        if !node.partitionedBy.isEmpty {
            write(" PARTITIONED BY")
            nameList(node.partitionedBy)
        }
        if !node.options.isEmpty {
            write(" WITH (")
            list(node.options) { $0.option($1) }
            write(")")
        }
        guard let like = node.like else { return }
        write(" LIKE ")
        name(like.table)
        guard !like.options.isEmpty else { return }
        write(" (")
        list(like.options, separator: " ") {
            $0.write("\($1.strategy.rawValue) \($1.feature.rawValue)")
        }
        write(")")
    }

    private mutating func elements(of node: CreateTable) {
        guard !node.columns.isEmpty || !node.constraints.isEmpty || node.watermark != nil else {
            return
        }
        write(" (")
        list(node.columns) { $0.column($1) }
        var separator = node.columns.isEmpty ? "" : ", "
        for constraint in node.constraints {
            write(separator)
            self.constraint(constraint, isOfTable: true)
            separator = ", "
        }
        if let watermark = node.watermark {
            write("\(separator)WATERMARK FOR ")
            name(watermark.column)
            write(" AS ")
            expression(watermark.expression)
        }
        write(")")
    }

    private mutating func column(_ column: ColumnDefinition) {
        name(column.name.name)
        switch column.kind {
        case .physical(let type, let constraint):
            write(" ")
            dataType(type)
            if let constraint {
                write(" ")
                self.constraint(constraint, isOfTable: false)
            }
        case .computed(let expression):
            write(" AS ")
            self.expression(expression)
        case .metadata(let type, let key, let isVirtual):
            write(" ")
            dataType(type)
            write(" METADATA")
            if let key {
                write(" FROM ")
                string(key.text)
            }
            if isVirtual { write(" VIRTUAL") }
        }
        comment(column.comment)
    }

    private mutating func constraint(_ constraint: TableConstraint, isOfTable: Bool) {
        if let identifier = constraint.name {
            write("CONSTRAINT ")
            name(identifier.name)
            write(" ")
        }
        write(constraint.kind.rawValue)
        if isOfTable { nameList(constraint.columns) }
        if let isEnforced = constraint.isEnforced {
            write(isEnforced ? " ENFORCED" : " NOT ENFORCED")
        }
    }

    private mutating func comment(_ comment: QuotedText?) {
        guard let comment else { return }
        write(" COMMENT ")
        string(comment.text)
    }

    private mutating func option(_ option: TableOption) {
        string(option.key.text)
        write(" = ")
        string(option.value.text)
    }

    private mutating func createView(_ node: CreateView) {
        write(node.orReplace ? "CREATE OR REPLACE " : "CREATE ")
        write(node.isTemporary ? "TEMPORARY VIEW " : "VIEW ")
        if node.ifNotExists { write("IF NOT EXISTS ") }
        name(node.name)
        nameList(node.columns)
        comment(node.comment)
        write(" AS ")
        query(node.query)
    }

    // INSERT and the like.

    private mutating func insert(_ node: Insert) {
        write(node.isOverwrite ? "INSERT OVERWRITE " : "INSERT INTO ")
        name(node.table)
        write(" ")
        hints(node.hints)
        if !node.hints.isEmpty { write(" ") }
        if !node.partition.isEmpty {
            write("PARTITION (")
            list(node.partition) { printer, value in
                printer.name(value.column.name)
                printer.write(" = ")
                printer.literal(value.value.value)
            }
            write(") ")
        }
        if let columns = node.columns {
            write("(")
            list(columns) { $0.name($1) }
            write(") ")
        }
        query(node.query)
        if let strategy = node.onConflict { write(" ON CONFLICT DO \(strategy.rawValue)") }
    }

    private mutating func statementSet(_ node: StatementSet) {
        write("EXECUTE STATEMENT SET BEGIN ")
        for insert in node.inserts {
            self.insert(insert)
            write("; ")
        }
        write("END")
    }

    private mutating func update(_ node: UpdateStatement) {
        write("UPDATE ")
        name(node.table)
        rowClauses(node.alias, nil)
        write(" SET ")
        list(node.assignments) { printer, assignment in
            printer.name(assignment.column.name)
            printer.write(" = ")
            printer.expression(assignment.value)
        }
        rowClauses(nil, node.condition)
    }

    private mutating func rowClauses(_ alias: Identifier?, _ condition: Expression?) {
        if let alias {
            write(" AS ")
            name(alias.name)
        }
        if let condition {
            write(" WHERE ")
            expression(condition)
        }
    }

    private mutating func show(_ node: ShowStatement) {
        switch node.subject {
        case .tables: write("SHOW TABLES")
        case .views: write("SHOW VIEWS")
        case .create(let kind, let name):
            write("SHOW CREATE \(kind.rawValue) ")
            self.name(name)
        }
    }
}
