/// Reads durations as Flink's configuration writes them: `10 s`, `500ms`, `1 min`, `2 h`, `3 d`.
package enum DurationText {
    private static let unitMicroseconds: [(names: [String], microseconds: Int64)] = [
        (["us", "µs", "micro", "micros", "microsecond", "microseconds"], 1),
        (["", "ms", "milli", "millis", "millisecond", "milliseconds"], 1000),
        (["s", "sec", "secs", "second", "seconds"], 1_000_000),
        (["m", "min", "mins", "minute", "minutes"], 60_000_000),
        (["h", "hour", "hours"], 3_600_000_000),
        (["d", "day", "days"], 86_400_000_000),
    ]

    /// Microseconds of a duration text, or nil; a number without a unit is in milliseconds.
    package static func microseconds(_ text: String) -> Int64? {
        guard let (number, unit) = QuantityText.split(text) else { return nil }
        for (names, factor) in unitMicroseconds where names.contains(unit) {
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// A short text with one unit for logs and progress lines, such as `350 ms` or `12.4 s`.
    package static func short(microseconds: Int64) -> String {
        switch microseconds {
        case ..<1000: "\(microseconds) µs"
        case ..<1_000_000: "\(microseconds / 1000) ms"
        case ..<120_000_000:
            "\(microseconds / 1_000_000).\(microseconds / 100_000 % 10) s"
        default: "\(microseconds / 60_000_000) min \(microseconds / 1_000_000 % 60) s"
        }
    }
}

/// Reads memory sizes as Flink's configuration writes them: `64m`, `1 gb`, `512kb`, `1024`.
package enum MemorySizeText {
    private static let unitShifts: [(names: [String], shift: Int64)] = [
        (["", "b", "bytes"], 0),
        (["k", "kb", "kibibytes"], 10),
        (["m", "mb", "mebibytes"], 20),
        (["g", "gb", "gibibytes"], 30),
        (["t", "tb", "tebibytes"], 40),
    ]

    /// Bytes of a memory size text, or nil; units are powers of 1,024.
    package static func bytes(_ text: String) -> Int64? {
        guard let (number, unit) = QuantityText.split(text) else { return nil }
        for (names, shift) in unitShifts where names.contains(unit) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
            return overflow ? nil : product
        }
        return nil
    }

    /// A short text with one unit, such as `3.2 MB`.
    package static func short(bytes: Int64) -> String {
        let units = ["B", "KB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        let rounded = (value * 10).rounded() / 10
        return index == 0 ? "\(bytes) B" : "\(rounded) \(units[index])"
    }
}

private enum QuantityText {
    /// The whole number and the lower-case unit of a quantity.
    static func split(_ text: String) -> (number: Int64, unit: String)? {
        let characters = text.drop { $0.isWhitespace }
        let digits = characters.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = characters.dropFirst(digits.count).filter { !$0.isWhitespace }
        return (number, unit.lowercased())
    }
}
