/// The JSON functions.
extension Parser {
    /// Reads the inside of a JSON function's parentheses.
    mutating func readJSON(
        _ keyword: Keyword,
        into parts: inout CallParts
    ) throws(SyntaxError) {
        var clauses = JSONClauses()
        switch keyword {
        case .jsonObject:
            if !startsNullClause(), current.kind != .rightParen {
                repeat { parts.arguments += try jsonPair() } while accept(.comma)
            }
            clauses.onNull = try jsonNullClause()
        case .jsonObjectagg:
            parts.arguments = try jsonPair()
            clauses.onNull = try jsonNullClause()
        case .jsonArray:
            if !startsNullClause(), current.kind != .rightParen {
                parts.arguments = try list { (parser) throws(SyntaxError) in
                    try parser.plainArgument()
                }
            }
            clauses.onNull = try jsonNullClause()
        default:
            parts.arguments = [try plainArgument()]
            try require(.comma)
            parts.arguments.append(try plainArgument())
            if isAt(.passing) { throw unsupported("PASSING", at: current) }
            try readQueryClauses(keyword, into: &clauses)
        }
        parts.json = clauses
    }

    private mutating func readQueryClauses(
        _ keyword: Keyword,
        into clauses: inout JSONClauses
    ) throws(SyntaxError) {
        if keyword != .jsonExists, accept(.returning) {
            clauses.returning = try dataType(allowsNullability: false)
        }
        if keyword == .jsonQuery { clauses.wrapper = try jsonWrapper() }
        while let behavior = try jsonBehavior(keyword) {
            try require(.on)
            if keyword != .jsonExists, accept(.empty) {
                clauses.onEmpty = behavior
            } else {
                try require(.error)
                clauses.onError = behavior
                if keyword == .jsonExists { break }
            }
        }
    }

    /// `NULL`, `ERROR`, `DEFAULT x`, … before `ON`, if it is next.
    private mutating func jsonBehavior(_ keyword: Keyword) throws(SyntaxError) -> JSONBehavior? {
        if accept(.error) { return .error }
        switch keyword {
        case .jsonExists:
            if accept(.true) { return .true }
            if accept(.false) { return .false }
            if accept(.unknown) { return .unknown }
        case .jsonValue:
            if accept(.null) { return .null }
            if accept(.default) { return .defaultValue(try expression()) }
        default:
            if accept(.null) { return .null }
            if accept(.empty) {
                if accept(.array) { return .emptyArray }
                try require(.object)
                return .emptyObject
            }
        }
        return nil
    }

    private mutating func jsonWrapper() throws(SyntaxError) -> JSONWrapper? {
        var wrapper = JSONWrapper.without
        if accept(.with) {
            wrapper = accept(.conditional) ? .conditional : .unconditional
            if wrapper == .unconditional { _ = accept(.unconditional) }
        } else if !accept(.without) {
            return nil
        }
        _ = accept(.array)
        try require(.wrapper)
        return wrapper
    }

    /// `[KEY] name VALUE x`, `name : x` or `name, x`.
    private mutating func jsonPair() throws(SyntaxError) -> [FunctionArgument] {
        let hasKey = current.keyword == .key && startsExpression(peek())
        if hasKey { advance() }
        let name = try plainArgument()
        if !accept(.value), hasKey || !accept(.colon) { try require(.comma) }
        return [name, try plainArgument()]
    }

    private func startsNullClause() -> Bool {
        (current.keyword == .null || current.keyword == .absent) && peek().keyword == .on
    }

    /// `NULL ON NULL` or `ABSENT ON NULL`, if it is next.
    private mutating func jsonNullClause() throws(SyntaxError) -> JSONNullClause? {
        let clause: JSONNullClause
        if accept(.null) {
            clause = .null
        } else if accept(.absent) {
            clause = .absent
        } else {
            return nil
        }
        try require(.on)
        try require(.null)
        return clause
    }
}
