/// `FROM` clauses and data types.
extension SQLPrinter {
    /// A table, or tables joined.
    mutating func table(_ reference: TableReference) {
        switch reference {
        case .table(let node):
            name(node.name)
            if !node.hints.isEmpty { write(" ") }
            hints(node.hints)
            if let time = node.systemTime {
                write(" FOR SYSTEM_TIME AS OF ")
                expression(time)
            }
            alias(node.alias)
        case .query(let node):
            write(node.isLateral ? "LATERAL (" : "(")
            query(node.query)
            write(")")
            alias(node.alias)
        case .function(let node):
            write(node.isLateral ? "LATERAL TABLE(" : "TABLE(")
            call(node.call, isTable: true)
            write(")")
            alias(node.alias)
        case .unnest(let node):
            write("UNNEST(")
            list(node.arguments) { $0.expression($1) }
            write(node.withOrdinality ? ") WITH ORDINALITY" : ")")
            alias(node.alias)
        case .join(let node): join(node)
        }
    }

    private mutating func alias(_ alias: TableAlias?) {
        guard let alias else { return }
        write(" AS ")
        name(alias.name.name)
        nameList(alias.columns)
    }

    private mutating func join(_ node: JoinClause) {
        table(node.left)
        if node.kind == .comma {
            write(", ")
        } else {
            write(node.isNatural ? " NATURAL \(node.kind.rawValue) " : " \(node.kind.rawValue) ")
        }
        if case .join = node.right {
            write("(")
            table(node.right)
            write(")")
        } else {
            table(node.right)
        }
        switch node.condition {
        case .none: break
        case .on(let condition):
            write(" ON ")
            expression(condition)
        case .using(let names):
            write(" USING")
            nameList(names)
        }
    }

    // Types.

    /// A data type.
    mutating func dataType(_ type: DataTypeSyntax) {
        switch type.kind {
        case .scalar(let name, let precision, let scale): scalar(name, precision, scale)
        case .interval(let qualifier):
            write("INTERVAL ")
            self.qualifier(qualifier)
        case .array(let element): collection("ARRAY", [element])
        case .multiset(let element): collection("MULTISET", [element])
        case .map(let key, let value): collection("MAP", [key, value])
        case .row(let fields): row(fields)
        case .raw(let className, let serializer):
            write("RAW(")
            string(className)
            write(", ")
            string(serializer)
            write(")")
        case .named(let name): self.name(name)
        }
        if let isNullable = type.isNullable { write(isNullable ? " NULL" : " NOT NULL") }
    }

    private mutating func scalar(_ name: ScalarTypeName, _ precision: Int?, _ scale: Int?) {
        write(name == .int && style == .calcite ? "INTEGER" : name.rawValue)
        guard let precision else { return }
        write("(\(precision)\(scale.map { ", \($0)" } ?? ""))")
    }

    private mutating func collection(_ name: String, _ parts: [DataTypeSyntax]) {
        write("\(name)<")
        list(parts) { $0.dataType($1) }
        write(">")
    }

    private mutating func row(_ fields: [RowFieldSyntax]) {
        write("ROW<")
        list(fields) { printer, field in
            printer.name(field.name.name)
            printer.write(" ")
            printer.dataType(field.type)
            if let comment = field.comment {
                printer.write(" ")
                printer.string(comment)
            }
        }
        write(">")
    }
}
