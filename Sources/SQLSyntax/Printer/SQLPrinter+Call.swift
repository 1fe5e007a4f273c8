/// Function calls.
extension SQLPrinter {
    /// A function call with everything behind it.
    mutating func call(_ node: FunctionCall, isTable: Bool = false) {
        functionName(node, isTable: isTable)
        if node.form != .bare {
            write("(")
            if let quantifier = node.quantifier { write("\(quantifier.rawValue) ") }
            if node.form == .special { specialArguments(node) } else { arguments(node.arguments) }
            write(")")
        }
        if let treatment = node.nullTreatment { write(" \(treatment.rawValue)") }
        if !node.order.isEmpty {
            write(" WITHIN GROUP (")
            orderBy(node.order)
            write(")")
        }
        if let filter = node.filter {
            write(" FILTER (WHERE ")
            expression(filter)
            write(")")
        }
        if let over = node.over {
            write(" OVER ")
            switch over {
            case .named(let identifier): name(identifier.name)
            case .inline(let window): self.window(window)
            }
        }
    }

    private mutating func functionName(_ node: FunctionCall, isTable: Bool) {
        guard let simple = node.name.simple, !isTable else { return name(node.name) }
        let bytes = Array(simple.utf8)
        let word = WordTable.shared.word(in: bytes, 0..<bytes.count)
        let isCallable = !word.traits.isDisjoint(with: [.function, .contextVariable])
        switch node.form {
        case .special: write(simple)
        case .bare: write(style == .sql ? simple : simple.uppercased())
        case .plain:
            if word.keyword == .floor || word.keyword == .ceil || word.keyword == .ceiling {
                // Anything but the ordinary call must be kept from the special syntax.
                let isOrdinary = simple == simple.uppercased() && word.keyword != .ceiling
                let isUnary = node.expressions?.count == 1 && node.arguments[0].name == nil
                guard isOrdinary, isUnary, node.quantifier == nil else { return name(simple) }
                write(simple)
            } else if style == .calcite {
                write(isCallable ? simple.uppercased() : simple)
            } else if isCallable {
                write(simple)
            } else {
                name(simple)
            }
        }
    }

    private mutating func arguments(_ arguments: [FunctionArgument]) {
        list(arguments) { printer, argument in
            if let identifier = argument.name {
                printer.name(identifier.name)
                printer.write(" => ")
            }
            printer.value(argument.value)
        }
    }

    private mutating func value(_ value: ArgumentValue) {
        switch value {
        case .expression(let expression): self.expression(expression)
        case .table(let table): tableArgument(table)
        case .unit(let unit): write(unit.rawValue)
        case .trim(let side): write(side.rawValue)
        case .defaultValue: write("DEFAULT")
        }
    }

    private mutating func tableArgument(_ table: TableArgument) {
        switch table.source {
        case .table(let name):
            write("TABLE ")
            self.name(name)
        case .query(let query):
            write("(")
            self.query(query)
            write(")")
        }
        if !table.partitionBy.isEmpty {
            write(" PARTITION BY (")
            list(table.partitionBy) { $0.expression($1) }
            write(")")
        }
        if !table.orderBy.isEmpty {
            write(" ORDER BY (")
            list(table.orderBy) { $0.orderItem($1) }
            write(")")
        }
    }

    /// The inside of the parentheses of a function with a syntax of its own.
    private mutating func specialArguments(_ node: FunctionCall) {
        let values = node.arguments.map(\.value)
        switch node.name.simple {
        case "EXTRACT": joined(values, by: [" FROM "])
        case "FLOOR", "CEIL": floorArguments(values)
        case "POSITION": positionArguments(values)
        case "SUBSTRING": joined(values, by: [" FROM ", " FOR "])
        case "OVERLAY": joined(values, by: [" PLACING ", " FROM ", " FOR "])
        case "TRIM": trimArguments(values)
        case "JSON_OBJECT", "JSON_OBJECTAGG": jsonPairs(values, node.json)
        case "JSON_ARRAY":
            joined(values, by: [])
            nullClause(node.json, isFirst: values.isEmpty)
        case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS":
            joined(values, by: [])
            if let clauses = node.json { jsonClauses(clauses) }
        default: joined(values, by: [])
        }
    }

    /// Values with separators of their own; commas where there are none.
    private mutating func joined(_ values: [ArgumentValue], by separators: [String]) {
        for (index, value) in values.enumerated() {
            if index > 0 { write(index <= separators.count ? separators[index - 1] : ", ") }
            self.value(value)
        }
    }

    private mutating func floorArguments(_ values: [ArgumentValue]) {
        var isInterval = false
        if case .expression(.literal(let literal))? = values.first,
            case .interval = literal.value
        {
            isInterval = true
        }
        guard isInterval else { return joined(values, by: [" TO "]) }
        // TO would be read as a part of the interval.
        write("(")
        joined([values[0]], by: [])
        write(")")
        for value in values.dropFirst() {
            write(" TO ")
            self.value(value)
        }
    }

    private mutating func positionArguments(_ values: [ArgumentValue]) {
        for (index, value) in values.enumerated() {
            if index > 0 { write(index == 1 ? " IN " : " FROM ") }
            if index == 0, case .expression(let part) = value {
                expression(part, binding: Precedence.predicate + 1)
            } else {
                self.value(value)
            }
        }
    }

    private mutating func trimArguments(_ values: [ArgumentValue]) {
        joined([values[0]], by: [])
        write(" ")
        if values.count == 2, style == .calcite { write("' ' ") }
        if values.count > 2 {
            value(values[1])
            write(" ")
        }
        write("FROM ")
        value(values[values.count - 1])
    }

    // JSON.

    private mutating func jsonPairs(_ values: [ArgumentValue], _ clauses: JSONClauses?) {
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            write(index > 0 ? ", KEY " : "KEY ")
            value(values[index])
            write(" VALUE ")
            value(values[index + 1])
        }
        nullClause(clauses, isFirst: values.isEmpty)
    }

    private mutating func nullClause(_ clauses: JSONClauses?, isFirst: Bool) {
        guard let clause = clauses?.onNull else { return }
        write(isFirst ? clause.rawValue : " \(clause.rawValue)")
    }

    private mutating func jsonClauses(_ clauses: JSONClauses) {
        if let type = clauses.returning {
            write(" RETURNING ")
            dataType(type)
        }
        if let wrapper = clauses.wrapper { write(" \(wrapper.rawValue) WRAPPER") }
        if let behavior = clauses.onEmpty { jsonBehavior(behavior, on: "EMPTY") }
        if let behavior = clauses.onError { jsonBehavior(behavior, on: "ERROR") }
    }

    private mutating func jsonBehavior(_ behavior: JSONBehavior, on event: String) {
        switch behavior {
        case .error: write(" ERROR")
        case .null: write(" NULL")
        case .emptyArray: write(" EMPTY ARRAY")
        case .emptyObject: write(" EMPTY OBJECT")
        case .true: write(" TRUE")
        case .false: write(" FALSE")
        case .unknown: write(" UNKNOWN")
        case .defaultValue(let value):
            write(" DEFAULT ")
            expression(value)
        }
        write(" ON \(event)")
    }
}
