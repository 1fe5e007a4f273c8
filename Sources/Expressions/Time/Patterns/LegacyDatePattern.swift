import Columnar

/// A compiled pattern of Java's `SimpleDateFormat`, in English, with a lenient calendar.
///
/// Flink uses it where a text is formatted again, for `TO_DATE` with a pattern, and for the
/// functions of Unix time. Dates before 15 October 1582 are those of the Julian calendar.
struct LegacyDatePattern: Sendable {
    let elements: [Element]

    /// One piece of a pattern.
    enum Element: Sendable {
        case literal([UInt8])
        case field(Unicode.Scalar, count: Int)
    }

    init(_ pattern: String) throws(DateTimePattern.Invalid) {
        var elements: [Element] = []
        var literal = ""
        var isQuoted = false
        let letters = Array(pattern.unicodeScalars)
        var position = 0
        func flush() {
            if !literal.isEmpty { elements.append(.literal(Array(literal.utf8))) }
            literal = ""
        }
        while position < letters.count {
            let letter = letters[position]
            if letter == "'" {
                if position + 1 < letters.count, letters[position + 1] == "'" {
                    literal.unicodeScalars.append(letter)
                    position += 2
                    continue
                }
                isQuoted.toggle()
                position += 1
            } else if !isQuoted, LegacyDatePattern.isLetter(letter) {
                guard "GyMdkHmsSEDFwWahKzZYuXL".unicodeScalars.contains(letter) else {
                    throw DateTimePattern.Invalid(
                        reason: "Illegal pattern character '\(letter)'"
                    )
                }
                flush()
                let start = position
                while position < letters.count, letters[position] == letter { position += 1 }
                elements.append(.field(letter, count: position - start))
            } else {
                literal.unicodeScalars.append(letter)
                position += 1
            }
        }
        if isQuoted { throw DateTimePattern.Invalid(reason: "Unterminated quote") }
        flush()
        self.elements = elements
    }

    private static func isLetter(_ letter: Unicode.Scalar) -> Bool {
        (letter >= "A" && letter <= "Z") || (letter >= "a" && letter <= "z")
    }

    /// `yyyy-MM-dd HH:mm:ss`, the format of timestamps as texts.
    static let sqlTimestamp = LegacyDatePattern(elements: [
        .field("y", count: 4), .literal([45]), .field("M", count: 2), .literal([45]),
        .field("d", count: 2), .literal([32]), .field("H", count: 2), .literal([58]),
        .field("m", count: 2), .literal([58]), .field("s", count: 2),
    ])

    private init(elements: [Element]) {
        self.elements = elements
    }
}

/// Days of the calendar that was Julian until 4 October 1582.
enum HybridCalendar {
    /// 15 October 1582, the first day of the Gregorian calendar.
    static let cutover = -141_427

    /// The day number of a date, whose month and day may be out of range.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let index = year * 12 + month - 1
        let year = index.flooredDivision(by: 12)
        let month = index.flooredRemainder(by: 12) + 1
        let gregorian =
            CivilDate(year: year, month: month, day: 1).daysSinceEpoch + day - 1
        return gregorian >= cutover ? gregorian : julianDays(year, month) + day - 1
    }

    /// The first day of a month of the Julian calendar.
    private static func julianDays(_ year: Int, _ month: Int) -> Int {
        let a = (14 - month) / 12
        let y = year + 4800 - a
        let m = month + 12 * a - 3
        return 1 + (153 * m + 2) / 5 + 365 * y + y.flooredDivision(by: 4) - 32_083 - 2_440_588
    }

    /// The date of a day number.
    static func date(_ days: Int) -> CivilDate {
        if days >= cutover { return CivilDate(daysSinceEpoch: days) }
        let c = days + 2_440_588 + 32_082
        let d = (4 * c + 3).flooredDivision(by: 1461)
        let e = c - (1461 * d).flooredDivision(by: 4)
        let m = (5 * e + 2) / 153
        return CivilDate(
            year: d - 4800 + m / 10,
            month: m + 3 - 12 * (m / 10),
            day: e - (153 * m + 2) / 5 + 1
        )
    }
}
