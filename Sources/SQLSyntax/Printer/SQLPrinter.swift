/// Writes syntax trees as SQL.
struct SQLPrinter {
    /// For whom the text is.
    enum Style {
        /// SQL that reads back to an equal tree; names are quoted where they must be.
        case sql
        /// What Calcite writes in its messages: every name quoted, defaults spelt out, clauses on
        /// lines of their own.
        case calcite
    }

    let style: Style
    private(set) var text = ""

    init(_ style: Style) {
        self.style = style
    }

    /// Appends text as it is.
    mutating func write(_ piece: String) {
        text += piece
    }

    /// Appends elements with a separator between them.
    mutating func list<Element>(
        _ elements: [Element],
        separator: String = ", ",
        _ element: (inout SQLPrinter, Element) -> Void
    ) {
        var isFirst = true
        for item in elements {
            if !isFirst { write(separator) }
            isFirst = false
            element(&self, item)
        }
    }

    /// What stands between the clauses of a query.
    var clauseBreak: String { style == .sql ? " " : "\n" }

    // Names and strings.

    /// A name, quoted where it must be.
    mutating func name(_ name: String) {
        guard style == .calcite || SQLPrinter.needsQuotes(name) else { return write(name) }
        write("`" + name.replacing("`", with: "``") + "`")
    }

    /// A list of names in parentheses, with a blank before it.
    mutating func nameList(_ names: [Identifier]) {
        guard !names.isEmpty else { return }
        write(" (")
        list(names) { $0.name($1.name) }
        write(")")
    }

    /// `a.b.c`.
    mutating func name(_ name: QualifiedName) {
        list(name.parts, separator: ".") { $0.name($1.name) }
    }

    /// A string between quotes.
    mutating func string(_ string: String) {
        write("'" + string.replacing("'", with: "''") + "'")
    }

    /// Whether a name would not be read as one without quotes.
    static func needsQuotes(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, !first.isDigit else { return true }
        for byte in bytes {
            let isLetter = byte.uppercased &- UInt8(ascii: "A") < 26 || byte == UInt8(ascii: "_")
            guard isLetter || byte.isDigit else { return true }
        }
        let word = WordTable.shared.word(in: bytes, 0..<bytes.count)
        return word.traits.contains(.reserved) || word.keyword.map(isHazardous) == true
    }

    /// The words that may be names, but mean something else in front of some other words.
    private static func isHazardous(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .map, .key, .timestampadd, .timestampdiff, .unbounded, .catalog: true
        default: false
        }
    }
}

extension Statement {
    /// The statement as SQL that reads back to an equal one.
    package var sql: String {
        var printer = SQLPrinter(.sql)
        printer.statement(self)
        return printer.text
    }
}

extension Query {
    /// The query as SQL that reads back to an equal one.
    package var sql: String {
        var printer = SQLPrinter(.sql)
        printer.query(self)
        return printer.text
    }
}

extension Expression {
    /// The expression as SQL that reads back to an equal one.
    package var sql: String {
        var printer = SQLPrinter(.sql)
        printer.expression(self)
        return printer.text
    }

    /// The expression as Flink's messages write it: a column without quotes, anything else with
    /// every name quoted, as in ``COUNT(DISTINCT `A`.`price`)``.
    package var messageText: String {
        if case .column(let name) = self { return name.dotted }
        var printer = SQLPrinter(.calcite)
        printer.expression(self)
        return printer.text
    }
}

extension DataTypeSyntax {
    /// The type as SQL that reads back to an equal one.
    package var sql: String {
        var printer = SQLPrinter(.sql)
        printer.dataType(self)
        return printer.text
    }
}
