/// A compiled pattern of Java's `DateTimeFormatter.ofPattern`, in English and strict parsing.
struct DateTimePattern: Sendable {
    let elements: [Element]

    /// One piece of a pattern.
    indirect enum Element: Sendable {
        case literal([UInt8])
        case number(NumberElement)
        case text(DateTimeField, TextStyle)
        /// A fraction of a second, with or without the point in front.
        case fraction(minimum: Int, maximum: Int, hasPoint: Bool, subsequent: Int)
        /// A piece that may be missing when parsing.
        case optional([Element])
        case offset(style: String, zero: String)
        case zoneID
        /// The next element filled with a character on the left; formatting only.
        case padded(Element, width: Int, UInt8)
    }

    /// A number with the widths and signs that it may have.
    struct NumberElement: Sendable {
        let field: DateTimeField
        let minimum: Int
        let maximum: Int
        let sign: SignStyle
        /// Two-digit years count from this one; nil for other numbers.
        var base: Int?
        /// The digits of the fixed-width numbers right behind.
        var subsequent = 0

        var isFixedWidth: Bool {
            minimum == maximum && (sign == .notNegative || base != nil)
        }
    }

    /// Which signs a number may have.
    enum SignStyle: Sendable {
        case normal
        case exceedsPad
        case notNegative
    }

    /// Why a pattern is refused, in Java's words.
    struct Invalid: Error {
        let reason: String
    }

    init(elements: [Element]) {
        self.elements = elements
    }

    init(_ pattern: String) throws(Invalid) {
        var compiler = PatternCompiler(letters: Array(pattern.unicodeScalars))
        elements = try compiler.compile()
    }

    /// The format of timestamps in SQL: `yyyy-[MM][M]-[dd][d][ [HH][H]:[mm][m]:[ss][s][.n]]`.
    static let sqlTimestamp: DateTimePattern = {
        func either(_ field: DateTimeField) -> [Element] {
            [
                .optional([.number(.fixed(field, 2))]),
                .optional([.number(.plain(field))]),
            ]
        }
        func literal(_ text: String) -> Element { .literal(Array(text.utf8)) }
        let year = NumberElement(field: .yearOfEra, minimum: 4, maximum: 19, sign: .exceedsPad)
        let date: [Element] =
            [.number(year), literal("-")] + either(.month) + [literal("-")] + either(.day)
        let clock: [Element] =
            [literal(" ")] + either(.hour) + [literal(":")] + either(.minute) + [literal(":")]
            + either(.second)
            + [.fraction(minimum: 0, maximum: 9, hasPoint: true, subsequent: 0)]
        return DateTimePattern(elements: date + [.optional(clock)])
    }()
}

extension DateTimePattern.NumberElement {
    /// `appendValue(field)`.
    static func plain(_ field: DateTimeField) -> Self {
        Self(field: field, minimum: 1, maximum: 19, sign: .normal)
    }

    /// `appendValue(field, width)`.
    static func fixed(_ field: DateTimeField, _ width: Int) -> Self {
        Self(field: field, minimum: width, maximum: width, sign: .notNegative)
    }

    /// `appendValueReduced(field, 2, 2, 2000)`.
    static func reduced(_ field: DateTimeField) -> Self {
        Self(field: field, minimum: 2, maximum: 2, sign: .notNegative, base: 2000)
    }

    /// The number, open to the fixed-width numbers behind it.
    func widened(by width: Int) -> Self {
        var copy = self
        copy.subsequent += width
        return copy
    }
}
