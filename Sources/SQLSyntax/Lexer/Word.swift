/// What is known of an unquoted word.
struct Word: Sendable, Hashable {
    /// What the word may stand for.
    struct Traits: OptionSet, Sendable, Hashable {
        let rawValue: UInt8

        /// Cannot be a name unless quoted.
        static let reserved = Traits(rawValue: 1)
        /// Reserved, but callable as a function.
        static let function = Traits(rawValue: 2)
        /// A function that is called without parentheses, such as `CURRENT_DATE`.
        static let contextVariable = Traits(rawValue: 4)
        /// A token of Flink's grammar; Flink's messages call it a keyword when it is in upper case.
        static let known = Traits(rawValue: 8)
    }

    /// The grammar's name for it, if the grammar uses it.
    var keyword: Keyword?
    var traits: Traits

    /// A word that is nothing but a name.
    static let plain = Word(keyword: nil, traits: [])
}
