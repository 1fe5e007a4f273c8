/// Reads a pattern letter by letter, as Java's `DateTimeFormatterBuilder.appendPattern`.
struct PatternCompiler {
    typealias Element = DateTimePattern.Element
    typealias NumberElement = DateTimePattern.NumberElement
    typealias Invalid = DateTimePattern.Invalid

    private let letters: [Unicode.Scalar]
    private var position = 0
    /// The elements of each open bracket, the outermost first.
    private var levels: [Level] = [Level()]
    private var padding: (width: Int, fill: UInt8)?

    private struct Level {
        var elements: [Element] = []
        /// The number that takes digits from the fixed-width numbers behind it.
        var openNumber: Int?
    }

    init(letters: [Unicode.Scalar]) {
        self.letters = letters
    }

    mutating func compile() throws(Invalid) -> [Element] {
        while position < letters.count {
            let letter = letters[position]
            if isLetter(letter) {
                try field(letter, run(of: letter))
            } else if letter == "'" {
                try quoted()
            } else if letter == "[" {
                position += 1
                levels.append(Level())
                levels[levels.count - 2].openNumber = nil
            } else if letter == "]" {
                guard levels.count > 1 else {
                    throw Invalid(reason: "Pattern invalid as it contains ] without previous [")
                }
                position += 1
                close()
            } else if letter == "{" || letter == "}" || letter == "#" {
                throw Invalid(reason: "Pattern includes reserved character: '\(letter)'")
            } else {
                position += 1
                append(.literal(Array(String(letter).utf8)))
            }
        }
        while levels.count > 1 { close() }
        return levels[0].elements
    }

    private func isLetter(_ letter: Unicode.Scalar) -> Bool {
        (letter >= "A" && letter <= "Z") || (letter >= "a" && letter <= "z")
    }

    private mutating func run(of letter: Unicode.Scalar) -> Int {
        let start = position
        while position < letters.count, letters[position] == letter { position += 1 }
        return position - start
    }

    private mutating func close() {
        let level = levels.removeLast()
        append(.optional(level.elements))
    }

    private mutating func quoted() throws(Invalid) {
        position += 1
        var text = ""
        while position < letters.count {
            if letters[position] == "'" {
                guard position + 1 < letters.count, letters[position + 1] == "'" else { break }
                position += 1
            }
            text.unicodeScalars.append(letters[position])
            position += 1
        }
        guard position < letters.count else {
            let pattern = String(String.UnicodeScalarView(letters))
            throw Invalid(
                reason: "Pattern ends with an incomplete string literal: \(pattern)"
            )
        }
        position += 1
        append(.literal(Array((text.isEmpty ? "'" : text).utf8)))
    }

    private mutating func append(_ element: Element) {
        var element = element
        if let (width, fill) = padding {
            element = .padded(element, width: width, fill)
            padding = nil
        }
        levels[levels.count - 1].elements.append(element)
        levels[levels.count - 1].openNumber = nil
    }

    /// Adds a number; fixed-width ones behind a number take their digits from its end.
    private mutating func append(_ number: NumberElement) {
        let level = levels.count - 1
        guard padding == nil else { return append(.number(number)) }
        if let open = levels[level].openNumber,
            case .number(let base) = levels[level].elements[open], number.isFixedWidth
        {
            levels[level].elements[open] = .number(base.widened(by: number.maximum))
            levels[level].elements.append(.number(number))
        } else {
            levels[level].elements.append(.number(number))
            levels[level].openNumber = levels[level].elements.count - 1
        }
    }

    private mutating func appendFraction(_ width: Int) {
        let level = levels.count - 1
        if let open = levels[level].openNumber,
            case .number(let base) = levels[level].elements[open]
        {
            levels[level].elements[open] = .number(base.widened(by: width))
        } else {
            levels[level].openNumber = nil
        }
        levels[level].elements.append(
            .fraction(minimum: width, maximum: width, hasPoint: false, subsequent: 0)
        )
    }

    private static let fields: [Unicode.Scalar: DateTimeField] = [
        "G": .era, "y": .yearOfEra, "u": .year, "Q": .quarter, "q": .quarter, "M": .month,
        "L": .month, "D": .dayOfYear, "d": .day, "F": .alignedWeekOfMonth, "E": .dayOfWeek,
        "c": .localDayOfWeek, "e": .localDayOfWeek, "a": .half, "H": .hour, "k": .clockHour,
        "K": .hourOfHalf, "h": .clockHourOfHalf, "m": .minute, "s": .second,
        "S": .nanosecond, "A": .millisecondOfDay, "n": .nanosecond, "N": .nanosecondOfDay,
        "g": .modifiedJulianDay, "w": .weekOfYear, "W": .weekOfMonth, "Y": .weekBasedYear,
    ]

    private mutating func field(_ letter: Unicode.Scalar, _ count: Int) throws(Invalid) {
        if letter == "p" { return try pad(count) }
        guard let field = PatternCompiler.fields[letter] else {
            return try zone(letter, count)
        }
        let tooMany = Invalid(reason: "Too many pattern letters: \(letter)")
        switch letter {
        case "u", "y", "Y": year(field, count)
        case "M", "L", "Q", "q":
            if count == 1 {
                append(.plain(field))
            } else if count == 2 {
                append(.fixed(field, 2))
            } else {
                try text(field, count, tooMany)
            }
        case "E": try text(field, max(3, count), tooMany)
        case "G": try text(field, max(3, count), tooMany)
        case "c", "e":
            if count >= 3 {
                try text(.dayOfWeek, count, tooMany)
            } else if letter == "c", count == 2 {
                throw Invalid(reason: "Invalid pattern \"cc\"")
            } else {
                append(.fixed(field, count))
            }
        case "a":
            guard count == 1 else { throw tooMany }
            append(.text(field, .short))
        case "S": appendFraction(count)
        case "F", "W":
            guard count == 1 else { throw tooMany }
            append(.plain(field))
        case "D":
            guard count <= 3 else { throw tooMany }
            append(
                count == 1
                    ? .plain(field)
                    : NumberElement(field: field, minimum: count, maximum: 3, sign: .notNegative)
            )
        case "A", "n", "N":
            append(NumberElement(field: field, minimum: count, maximum: 19, sign: .notNegative))
        case "g": append(NumberElement(field: field, minimum: count, maximum: 19, sign: .normal))
        default:
            guard count <= 2 else { throw tooMany }
            append(count == 1 ? .plain(field) : .fixed(field, count))
        }
    }

    private mutating func year(_ field: DateTimeField, _ count: Int) {
        if count == 2 { return append(.reduced(field)) }
        let sign: DateTimePattern.SignStyle = count < 4 ? .normal : .exceedsPad
        append(NumberElement(field: field, minimum: count, maximum: 19, sign: sign))
    }

    private mutating func text(
        _ field: DateTimeField,
        _ count: Int,
        _ tooMany: Invalid
    ) throws(Invalid) {
        switch count {
        case 3: append(.text(field, .short))
        case 4: append(.text(field, .full))
        case 5: append(.text(field, .narrow))
        default: throw tooMany
        }
    }

    private mutating func pad(_ count: Int) throws(Invalid) {
        guard position < letters.count, isLetter(letters[position]) else {
            throw Invalid(reason: "Pad letter 'p' must be followed by valid pad pattern")
        }
        padding = (count, UInt8(ascii: " "))
    }

    private mutating func zone(_ letter: Unicode.Scalar, _ count: Int) throws(Invalid) {
        let tooMany = Invalid(reason: "Too many pattern letters: \(letter)")
        let styles = ["+HHmm", "+HH", "+HHMM", "+HH:MM", "+HHMMss", "+HH:MM:ss"]
        switch letter {
        case "V":
            guard count == 2 else {
                throw Invalid(reason: "Pattern letter count must be 2: V")
            }
            append(.zoneID)
        case "z", "v":
            guard count <= 4 else { throw tooMany }
            append(.zoneID)
        case "X":
            guard count <= 5 else { throw tooMany }
            append(.offset(style: styles[count == 1 ? 0 : count], zero: "Z"))
        case "x":
            guard count <= 5 else { throw tooMany }
            let zero = count == 1 ? "+00" : count % 2 == 0 ? "+0000" : "+00:00"
            append(.offset(style: styles[count == 1 ? 0 : count], zero: zero))
        case "Z":
            guard count <= 5 else { throw tooMany }
            append(
                count < 4
                    ? .offset(style: "+HHMM", zero: "+0000")
                    : count == 5
                        ? .offset(style: "+HH:MM:ss", zero: "Z")
                        : .offset(style: "GMT+HH:MM", zero: "GMT")
            )
        case "O":
            guard count == 1 || count == 4 else {
                throw Invalid(reason: "Pattern letter count must be 1 or 4: O")
            }
            append(.offset(style: "GMT+HH:MM", zero: "GMT"))
        default: throw Invalid(reason: "Unknown pattern letter: \(letter)")
        }
    }
}
