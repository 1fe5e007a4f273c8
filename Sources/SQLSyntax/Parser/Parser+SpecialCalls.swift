/// Functions with a syntax of their own.
extension Parser {
    /// Reads a call in a syntax of its own, if the next words begin one.
    mutating func specialCall() throws(SyntaxError) -> FunctionCall? {
        guard let keyword = current.keyword, Parser.isSpecial(keyword), peek().kind == .leftParen
        else { return nil }
        var parts = CallParts()
        let first = index
        let name = upperName()
        switch keyword {
        case .extract: try read(&parts) { (parser) throws(SyntaxError) in try parser.extract() }
        case .floor, .ceil, .ceiling:
            try read(&parts) { (parser) throws(SyntaxError) in try parser.floorTo() }
        case .timestampadd, .timestampdiff:
            try read(&parts) { (parser) throws(SyntaxError) in try parser.unitAndTwo() }
        case .position: try read(&parts) { (parser) throws(SyntaxError) in try parser.positionIn() }
        case .substring:
            try read(&parts) { (parser) throws(SyntaxError) in try parser.substringFrom() }
        case .overlay: try read(&parts) { (parser) throws(SyntaxError) in try parser.overlay() }
        case .trim: try read(&parts) { (parser) throws(SyntaxError) in try parser.trimFrom() }
        case .convert: throw unsupported("CONVERT", at: current)
        case .jsonExists, .jsonValue, .jsonQuery, .jsonObject, .jsonObjectagg, .jsonArray:
            advance(by: 2)
            try readJSON(keyword, into: &parts)
        default: return nil
        }
        try require(.rightParen)
        let isRounding = keyword == .floor || keyword == .ceil || keyword == .ceiling
        let isPlain = isRounding && parts.arguments.count == 1
        return try finishedCall(name, isPlain ? .plain : .special, parts, from: first)
    }

    /// Whether a word, with a parenthesis behind it, begins a syntax of its own.
    static func isSpecial(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .extract, .floor, .ceil, .ceiling, .timestampadd, .timestampdiff, .position,
            .substring, .overlay, .trim, .convert, .jsonExists, .jsonValue, .jsonQuery,
            .jsonObject, .jsonObjectagg, .jsonArray:
            true
        default: false
        }
    }

    /// The next token's name in upper case, without moving.
    private func upperName() -> QualifiedName {
        let place = range(of: current)
        let text = statement.script.text(current.offsets).uppercased()
        let part = Identifier(
            name: text == "CEILING" ? "CEIL" : text,
            isQuoted: false,
            range: place
        )
        return QualifiedName(parts: [part], range: place)
    }

    /// Moves into the parentheses and reads the arguments.
    private mutating func read(
        _ parts: inout CallParts,
        _ arguments: (inout Parser) throws(SyntaxError) -> [FunctionArgument]
    ) throws(SyntaxError) {
        advance(by: 2)
        parts.arguments = try arguments(&self)
    }

    /// An expression as an argument.
    mutating func plainArgument() throws(SyntaxError) -> FunctionArgument {
        let value = try expression()
        return FunctionArgument(name: nil, value: .expression(value), range: value.range)
    }

    private mutating func unitArgument() throws(SyntaxError) -> FunctionArgument {
        let first = index
        let unit = try timeUnit()
        return FunctionArgument(name: nil, value: .unit(unit), range: range(from: first))
    }

    private mutating func extract() throws(SyntaxError) -> [FunctionArgument] {
        let unit = try unitArgument()
        try require(.from)
        return [unit, try plainArgument()]
    }

    private mutating func floorTo() throws(SyntaxError) -> [FunctionArgument] {
        let value = try plainArgument()
        guard accept(.to) else { return [value] }
        return [value, try unitArgument()]
    }

    private mutating func unitAndTwo() throws(SyntaxError) -> [FunctionArgument] {
        let unit = try unitArgument()
        try require(.comma)
        let amount = try plainArgument()
        try require(.comma)
        return [unit, amount, try plainArgument()]
    }

    private mutating func positionIn() throws(SyntaxError) -> [FunctionArgument] {
        // Only what IN does not belong to: Calcite reads an atomic expression here.
        let part = try expression(above: Precedence.predicate)
        let first = FunctionArgument(name: nil, value: .expression(part), range: part.range)
        try require(.in)
        var arguments = [first, try plainArgument()]
        if accept(.from) { arguments.append(try plainArgument()) }
        return arguments
    }

    private mutating func substringFrom() throws(SyntaxError) -> [FunctionArgument] {
        var arguments = [try plainArgument()]
        if !accept(.from) { try require(.comma) }
        arguments.append(try plainArgument())
        if accept(.for) || accept(.comma) { arguments.append(try plainArgument()) }
        return arguments
    }

    private mutating func overlay() throws(SyntaxError) -> [FunctionArgument] {
        var arguments = [try plainArgument()]
        try require(.placing)
        arguments.append(try plainArgument())
        try require(.from)
        arguments.append(try plainArgument())
        if accept(.for) { arguments.append(try plainArgument()) }
        return arguments
    }

    private mutating func trimFrom() throws(SyntaxError) -> [FunctionArgument] {
        let first = index
        var side: TrimSide?
        if accept(.both) {
            side = .both
        } else if accept(.leading) {
            side = .leading
        } else if accept(.trailing) {
            side = .trailing
        }
        let place = side == nil ? range(of: tokens[first - 2]) : range(of: tokens[first])
        var arguments = [FunctionArgument(name: nil, value: .trim(side ?? .both), range: place)]
        if side != nil, accept(.from) {
            arguments.append(try plainArgument())
            return arguments
        }
        arguments.append(try plainArgument())
        if accept(.from) { arguments.append(try plainArgument()) }
        return arguments
    }
}
