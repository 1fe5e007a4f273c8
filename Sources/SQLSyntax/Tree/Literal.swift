/// A constant as it was written; the binder gives it a type.
package struct Literal: Sendable, Hashable {
    package let value: LiteralValue
    @Ignored package var range: SourceRange
}

/// What a literal says.
package enum LiteralValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// `UNKNOWN`, the NULL of BOOLEAN.
    case unknown
    /// Digits with at most one point, no sign: `12`, `1.50`.
    case exact(String)
    /// Digits with an exponent, no sign: `1E3`.
    case approximate(String)
    /// The text without quotes, escapes resolved; the character set if one was named.
    case string(String, charset: String?)
    case binary([UInt8])
    /// `DATE '…'`, the text unchecked.
    case date(String)
    /// `TIME '…'`, the text unchecked.
    case time(String)
    /// `TIMESTAMP '…'`, the text unchecked.
    case timestamp(String)
    /// `TIMESTAMP WITH LOCAL TIME ZONE '…'`, the text unchecked.
    case timestampWithLocalTimeZone(String)
    /// `INTERVAL '…' DAY TO SECOND`, the text unchecked.
    indirect case interval(String, isNegative: Bool, IntervalQualifier)
}

/// A string where the grammar wants a string and nothing else, such as an option's key.
package struct QuotedText: Sendable, Hashable {
    /// The text without quotes, escapes resolved.
    package let text: String
    @Ignored package var range: SourceRange
}
