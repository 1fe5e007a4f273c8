import CTextScan

extension RecordScanner {
    /// Goes behind a value that nobody needs, which must be valid all the same.
    @inline(always)
    func skipValue(_ text: Bytes) -> Bytes? {
        switch unsafe text[0] {
        case UInt8(ascii: "\""): unsafe skipText(text + 1)
        case UInt8(ascii: "{"), UInt8(ascii: "["): unsafe skipContainer(text)
        default: unsafe skipScalar(text)
        }
    }

    @inline(always)
    func skipScalar(_ text: Bytes) -> Bytes? {
        switch unsafe text[0] {
        case UInt8(ascii: "n"): unsafe text.halfWord == Word.null ? text + 4 : nil
        case UInt8(ascii: "t"): unsafe text.halfWord == Word.true ? text + 4 : nil
        case UInt8(ascii: "f"):
            unsafe (text + 1).halfWord == Word.alse ? text + 5 : nil
        default: unsafe skipNumber(text)
        }
    }

    /// Goes behind a string, from behind its quotation mark.
    @inline(always)
    func skipText(_ text: Bytes) -> Bytes? {
        let scan = unsafe apus_scan_json_text(text)
        if unsafe scan.end[0] == UInt8(ascii: "\""), unsafe scan.has_high == 0 {
            return unsafe scan.end + 1
        }
        guard let end = unsafe findTextEnd(text)?.end else { return nil }
        return unsafe end + 1
    }

    /// The quotation mark that ends a string with escapes, control characters or non-ASCII bytes.
    @inline(never)
    func findTextEnd(_ text: Bytes) -> (end: Bytes, hasEscapes: Bool)? {
        var next = unsafe text
        var hasEscapes = false
        var hasHigh: UInt32 = 0
        while true {
            let scan = unsafe apus_scan_json_text(next)
            unsafe next = unsafe scan.end
            unsafe hasHigh |= scan.has_high
            switch unsafe next[0] {
            case UInt8(ascii: "\""):
                guard unsafe hasHigh == 0 || apus_is_utf8(text, next - text) else { return nil }
                return unsafe (next, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard let end = unsafe skipEscape(next + 1) else { return nil }
                unsafe next = unsafe end
            case UInt8(ascii: "\n"): return nil
            default: unsafe next += 1
            }
        }
    }

    private func skipEscape(_ text: Bytes) -> Bytes? {
        switch unsafe text[0] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return unsafe text + 1
        case UInt8(ascii: "u"):
            for index in 1...4 where unsafe JSONEscapes.hexValue(text[index]) == nil { return nil }
            return unsafe text + 5
        default: return nil
        }
    }

    /// Goes behind a number.
    @inline(always)
    func skipNumber(_ text: Bytes) -> Bytes? {
        let digits = unsafe text[0] == UInt8(ascii: "-") ? text + 1 : text
        let count = unsafe Digits.count(digits.word)
        let end = unsafe digits + count
        // Short and whole: the common case.
        if count &- 1 < 7, unsafe end[0] != UInt8(ascii: "."),
            unsafe end[0] | 0x20 != UInt8(ascii: "e"),
            unsafe digits[0] != UInt8(ascii: "0") || count == 1, count > 0
        {
            return unsafe end
        }
        return unsafe skipLongNumber(text)
    }

    @inline(never)
    private func skipLongNumber(_ text: Bytes) -> Bytes? {
        let digits = unsafe text[0] == UInt8(ascii: "-") ? text + 1 : text
        var next = unsafe skipDigits(digits)
        guard unsafe next > digits, unsafe digits[0] != UInt8(ascii: "0") || next == digits + 1
        else {
            return nil
        }
        if unsafe next[0] == UInt8(ascii: ".") {
            let end = unsafe skipDigits(next + 1)
            guard unsafe end > next + 1 else { return nil }
            unsafe next = unsafe end
        }
        if unsafe next[0] | 0x20 == UInt8(ascii: "e") {
            unsafe next += 1
            if unsafe next[0] == UInt8(ascii: "+") || next[0] == UInt8(ascii: "-") {
                unsafe next += 1
            }
            let end = unsafe skipDigits(next)
            guard unsafe end > next else { return nil }
            unsafe next = unsafe end
        }
        return unsafe next
    }

    @inline(always)
    private func skipDigits(_ text: Bytes) -> Bytes {
        var next = unsafe text
        while true {
            let count = unsafe Digits.count(next.word)
            unsafe next += count
            if count < 8 { return unsafe next }
        }
    }

    /// Goes behind an object or array of at most 64 levels.
    @inline(never)
    func skipContainer(_ start: Bytes) -> Bytes? {
        // One bit a level, the innermost lowest: 1 for an object.
        var levels: UInt64 = 0
        var depth = 0
        var text = unsafe start
        while true {
            if unsafe text[0] == UInt8(ascii: "{") || text[0] == UInt8(ascii: "[") {
                guard depth < 64 else { return nil }
                let isObject = unsafe text[0] == UInt8(ascii: "{")
                levels = levels &<< 1 | (isObject ? 1 : 0)
                depth &+= 1
                unsafe text = unsafe skipSpaces(text + 1)
                if unsafe text[0] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject {
                        guard let value = unsafe skipKey(text) else { return nil }
                        unsafe text = unsafe value
                    }
                    continue
                }
            } else {
                guard let end = unsafe skipLeaf(text) else { return nil }
                unsafe text = unsafe end
            }
            // Behind a value, or at the end of an empty container.
            while true {
                if unsafe text[0] <= 0x20 { unsafe text = unsafe skipSpaces(text) }
                let isObject = levels & 1 == 1
                if unsafe text[0] == UInt8(ascii: ",") {
                    unsafe text += 1
                    if unsafe text[0] <= 0x20 { unsafe text = unsafe skipSpaces(text) }
                    if isObject {
                        guard let value = unsafe skipKey(text) else { return nil }
                        unsafe text = unsafe value
                    }
                    break
                }
                guard unsafe text[0] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    return nil
                }
                unsafe text += 1
                levels &>>= 1
                depth &-= 1
                if depth == 0 { return unsafe text }
            }
        }
    }

    /// Goes behind a string, number or word.
    @inline(always)
    private func skipLeaf(_ text: Bytes) -> Bytes? {
        unsafe text[0] == UInt8(ascii: "\"") ? skipText(text + 1) : skipScalar(text)
    }

    /// Goes behind a key and its colon.
    @inline(always)
    private func skipKey(_ text: Bytes) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\"") else { return nil }
        guard let end = unsafe skipText(text + 1) else { return nil }
        var next = unsafe end
        if unsafe next[0] <= 0x20 { unsafe next = unsafe skipSpaces(next) }
        guard unsafe next[0] == UInt8(ascii: ":") else { return nil }
        unsafe next += 1
        return unsafe next[0] <= 0x20 ? skipSpaces(next) : next
    }
}

/// The words of JSON as numbers.
enum Word {
    static let null: UInt32 = 0x6C6C_756E
    static let `true`: UInt32 = 0x6575_7274
    /// `alse`, behind an f.
    static let alse: UInt32 = 0x6573_6C61
}
