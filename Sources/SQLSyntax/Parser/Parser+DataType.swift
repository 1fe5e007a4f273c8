/// Data types.
extension Parser {
    /// Reads a data type.
    ///
    /// In `CAST` the type itself says nothing of NULL, but its parts may.
    mutating func dataType(allowsNullability: Bool = true) throws(SyntaxError) -> DataTypeSyntax {
        try enter()
        let first = index
        var kind = try dataTypeKind()
        var suffixes = 0
        while let element = try collectionSuffix(kind, from: first, allowsNullability) {
            kind = element
            suffixes += 1
            guard suffixes <= SyntaxLimits.nestingDepth else {
                throw error("The data type is nested too deeply", at: range(from: first))
            }
        }
        // The place is that of the type's name: NOT NULL does not count.
        let place = range(from: first)
        let isNullable = allowsNullability ? nullability() : nil
        leave()
        return DataTypeSyntax(kind: kind, isNullable: isNullable, range: place)
    }

    /// `NOT NULL` or `NULL`, if it is next.
    private mutating func nullability() -> Bool? {
        if accept(.null) { return true }
        guard current.keyword == .not, peek().keyword == .null else {
            expect(.text("NOT NULL"))
            return nil
        }
        advance(by: 2)
        return false
    }

    /// `T [NOT NULL] ARRAY`, after T.
    private mutating func collectionSuffix(
        _ element: DataTypeKind,
        from first: Int,
        _ allowsNullability: Bool
    ) throws(SyntaxError) -> DataTypeKind? {
        let place = range(from: first)
        var skip = 0
        var isNullable: Bool?
        if allowsNullability, current.keyword == .null {
            (skip, isNullable) = (1, true)
        } else if allowsNullability, current.keyword == .not, peek().keyword == .null {
            (skip, isNullable) = (2, false)
        }
        let keyword = peek(skip).keyword
        guard keyword == .array || keyword == .multiset else { return nil }
        advance(by: skip + 1)
        let inner = DataTypeSyntax(kind: element, isNullable: isNullable, range: place)
        return keyword == .array ? .array(inner) : .multiset(inner)
    }

    private mutating func dataTypeKind() throws(SyntaxError) -> DataTypeKind {
        switch current.keyword {
        case .array where peek().kind == .less: return .array(try elementType())
        case .multiset where peek().kind == .less: return .multiset(try elementType())
        case .map where peek().kind == .less: return try mapType()
        case .row: return try rowType()
        case .raw where peek().kind == .leftParen: return try rawType()
        case .structured: throw unsupported("The type STRUCTURED", at: current)
        case .interval:
            advance()
            return .interval(try intervalQualifier())
        default:
            if let scalar = try scalarType() { return scalar }
            guard current.isName else {
                expect(.dataType)
                throw unexpected()
            }
            return .named(try qualifiedName())
        }
    }

    private mutating func elementType() throws(SyntaxError) -> DataTypeSyntax {
        advance(by: 2)
        let element = try dataType()
        try require(.greater)
        return element
    }

    private mutating func mapType() throws(SyntaxError) -> DataTypeKind {
        advance(by: 2)
        let key = try dataType()
        try require(.comma)
        let value = try dataType()
        try require(.greater)
        return .map(key: key, value: value)
    }

    private mutating func rawType() throws(SyntaxError) -> DataTypeKind {
        advance(by: 2)
        let name = try quotedText()
        try require(.comma)
        let serializer = try quotedText()
        try require(.rightParen)
        return .raw(className: name.text, serializer: serializer.text)
    }

    /// `ROW<a INT, b STRING 'comment'>`, or the same in parentheses.
    private mutating func rowType() throws(SyntaxError) -> DataTypeKind {
        advance()
        if accept(.notEqual) { return .row([]) }
        let end: TokenKind = current.kind == .less ? .greater : .rightParen
        if end == .rightParen {
            expect(.symbol(.less))
            try require(.leftParen)
        } else {
            advance()
        }
        var fields: [RowFieldSyntax] = []
        if current.kind != end {
            fields = try list { (parser) throws(SyntaxError) in
                let name = try parser.identifier()
                let type = try parser.dataType()
                var comment: String?
                if parser.current.kind == .string { comment = try parser.quotedText().text }
                return RowFieldSyntax(name: name, type: type, comment: comment)
            }
        }
        try require(end)
        return .row(fields)
    }

    private mutating func scalarType() throws(SyntaxError) -> DataTypeKind? {
        guard current.kind == .word, let keyword = current.keyword else { return nil }
        switch keyword {
        case .boolean: return simple(.boolean)
        case .tinyint: return simple(.tinyint)
        case .smallint: return simple(.smallint)
        case .int, .integer: return simple(.int)
        case .bigint: return simple(.bigint)
        case .float, .real: return simple(.float)
        case .string: return simple(.string)
        case .bytes: return simple(.bytes)
        case .date: return simple(.date)
        case .variant: return simple(.variant)
        case .double:
            let type = simple(.double)
            _ = accept(.precision)
            return type
        case .decimal, .dec, .numeric: return try decimalType()
        case .char, .character: return try varying(.char, .varchar)
        case .varchar: return try sized(.varchar)
        case .binary: return try varying(.binary, .varbinary)
        case .varbinary: return try sized(.varbinary)
        case .time: return try timeType()
        case .timestamp: return try timestampType()
        case .timestampLtz: return try sized(.timestampLTZ)
        default: return nil
        }
    }

    private mutating func simple(_ name: ScalarTypeName) -> DataTypeKind {
        advance()
        return .scalar(name, precision: nil, scale: nil)
    }

    private mutating func sized(_ name: ScalarTypeName) throws(SyntaxError) -> DataTypeKind {
        advance()
        return .scalar(name, precision: try precision(), scale: nil)
    }

    private mutating func precision() throws(SyntaxError) -> Int? {
        guard accept(.leftParen) else { return nil }
        let value = try unsignedInteger()
        try require(.rightParen)
        return value
    }

    private mutating func varying(
        _ fixed: ScalarTypeName,
        _ varying: ScalarTypeName
    ) throws(SyntaxError) -> DataTypeKind {
        advance()
        let name = accept(.varying) ? varying : fixed
        return .scalar(name, precision: try precision(), scale: nil)
    }

    private mutating func decimalType() throws(SyntaxError) -> DataTypeKind {
        advance()
        guard accept(.leftParen) else { return .scalar(.decimal, precision: nil, scale: nil) }
        let precision = try unsignedInteger()
        let scale = accept(.comma) ? try unsignedInteger() : nil
        try require(.rightParen)
        return .scalar(.decimal, precision: precision, scale: scale)
    }

    private mutating func timeType() throws(SyntaxError) -> DataTypeKind {
        advance()
        let precision = try precision()
        if try hasLocalTimeZone() {
            throw unsupported("TIME WITH LOCAL TIME ZONE", at: tokens[index - 1])
        }
        return .scalar(.time, precision: precision, scale: nil)
    }

    private mutating func timestampType() throws(SyntaxError) -> DataTypeKind {
        advance()
        let precision = try precision()
        let name: ScalarTypeName = try hasLocalTimeZone() ? .timestampLTZ : .timestamp
        return .scalar(name, precision: precision, scale: nil)
    }

    /// `WITHOUT TIME ZONE` or `WITH LOCAL TIME ZONE`, if it is next.
    private mutating func hasLocalTimeZone() throws(SyntaxError) -> Bool {
        if current.keyword == .without, peek().keyword == .time {
            advance(by: 2)
            try require(.zone)
            return false
        }
        // JSON_QUERY may go on with WITH WRAPPER.
        guard current.keyword == .with,
            peek().keyword == .local || peek().keyword == .time
        else { return false }
        advance()
        try require(.local)
        try require(.time)
        try require(.zone)
        return true
    }
}
