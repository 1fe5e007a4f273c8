/// Offsets and zones in texts: they are read over, since SQL timestamps have no zone.
enum OffsetText {
    /// The position behind an offset such as `+08:00` or `Z`, or the complement of the start.
    static func parse(_ style: String, _ zero: String, _ text: [UInt8], _ position: Int) -> Int {
        let zeroEnd = position + zero.utf8.count
        let isZero = zeroEnd <= text.count && text[position..<zeroEnd].elementsEqual(zero.utf8)
        var start = position
        if style.hasPrefix("GMT") {
            guard isZero else { return ~position }
            start = zeroEnd
        }
        guard start < text.count,
            text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-")
        else { return isZero ? zeroEnd : ~position }
        let hasColons = style.contains(":")
        var end = start + 1
        guard let hours = pair(text, end), hours <= 18 else { return ~position }
        end += 2
        let isLong = style != "+HH"
        let isMinuteOptional = style == "+HHmm"
        if isLong {
            let minuteStart = hasColons ? end + 1 : end
            let hasColon = !hasColons || (end < text.count && text[end] == UInt8(ascii: ":"))
            if hasColon, let minutes = pair(text, minuteStart), minutes < 60 {
                end = minuteStart + 2
            } else if !isMinuteOptional {
                return ~position
            }
        }
        if style.hasSuffix("ss") {
            let secondStart = hasColons ? end + 1 : end
            let hasColon = !hasColons || (end < text.count && text[end] == UInt8(ascii: ":"))
            if hasColon, let seconds = pair(text, secondStart), seconds < 60 {
                end = secondStart + 2
            }
        }
        return end
    }

    private static func pair(_ text: [UInt8], _ start: Int) -> Int? {
        guard start + 2 <= text.count else { return nil }
        let tens = text[start] &- UInt8(ascii: "0")
        let ones = text[start + 1] &- UInt8(ascii: "0")
        guard tens <= 9, ones <= 9 else { return nil }
        return Int(tens) * 10 + Int(ones)
    }

    /// The position behind the longest name of a zone.
    static func parseZone(_ text: [UInt8], _ position: Int) -> Int {
        var end = position
        while end < text.count, isZoneByte(text[end]) { end += 1 }
        while end > position {
            let name = String(decoding: text[position..<end], as: UTF8.self)
            if ZoneRules(named: name) != nil { return end }
            end -= 1
        }
        return ~position
    }

    private static func isZoneByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") <= 9
            || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ":")
    }
}
