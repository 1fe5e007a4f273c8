import Columnar

extension RecordScanner {
    /// Reads `"2024-02-29 12:34:56.789"`, with a `Z` for TIMESTAMP_LTZ.
    @inline(always)
    func scanTimestamp(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int,
        isUTC: Bool
    ) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\"") else { return unsafe scanEpoch(slot, text, row) }
        guard unsafe text[11] == slot.pointee.separator, let days = unsafe dateDays(slot, text + 1)
        else {
            return unsafe scanUnusual(slot, text, row)
        }
        let clock = unsafe (text + 12).word
        let seconds = Self.secondOfDay(clock)
        guard seconds >= 0 else { return unsafe scanUnusual(slot, text, row) }
        var end = unsafe text + 20
        var nanoseconds: UInt64 = 0
        if unsafe end[0] == UInt8(ascii: ".") {
            let fraction = unsafe (end + 1).word
            let count = Digits.count(fraction)
            guard count &- 1 < 8, count > 0 else { return unsafe scanUnusual(slot, text, row) }
            nanoseconds = Digits.value(fraction, count) &* Digits.powerOfTen(9 &- count)
            unsafe end += 1 &+ count
            if count == 8, unsafe end[0] &- 0x30 <= 9 {
                unsafe nanoseconds &+= UInt64(end[0] &- 0x30)
                unsafe end += 1
            }
        }
        if isUTC {
            guard unsafe end[0] == UInt8(ascii: "Z") else {
                return unsafe scanUnusual(slot, text, row)
            }
            unsafe end += 1
        }
        guard unsafe end[0] == UInt8(ascii: "\"") else {
            return unsafe scanUnusual(slot, text, row)
        }
        let step = unsafe UInt64(slot.pointee.nanosecondStep)
        let wholeSeconds = Int64(days) &* 86_400 &+ Int64(seconds)
        if unsafe slot.pointee.precision <= 6 {
            let fraction = Int64((nanoseconds &- nanoseconds % step) / 1000)
            unsafe slot.pointee.store(wholeSeconds &* 1_000_000 &+ fraction, row)
        } else {
            // Nanoseconds since 1970 fit until the year 2262: leave the rest to the slow way.
            guard wholeSeconds.magnitude < 9_000_000_000 else {
                return unsafe scanUnusual(slot, text, row)
            }
            let fraction = Int64(nanoseconds &- nanoseconds % step)
            unsafe slot.pointee.store(wholeSeconds &* 1_000_000_000 &+ fraction, row)
        }
        return unsafe end + 1
    }

    /// Reads `"2024-02-29"`.
    @inline(always)
    func scanDate(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\"") else { return unsafe scanEpoch(slot, text, row) }
        guard unsafe text[11] == UInt8(ascii: "\""), let days = unsafe dateDays(slot, text + 1)
        else {
            return unsafe scanUnusual(slot, text, row)
        }
        unsafe slot.pointee.store(days, row)
        return unsafe text + 12
    }

    /// Reads `"12:34:56"`.
    @inline(always)
    func scanTime(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\""), unsafe text[9] == UInt8(ascii: "\"") else {
            return unsafe scanEpoch(slot, text, row)
        }
        let seconds = unsafe Self.secondOfDay((text + 1).word)
        guard seconds >= 0 else { return unsafe scanUnusual(slot, text, row) }
        unsafe slot.pointee.store(seconds &* 1000, row)
        return unsafe text + 10
    }

    /// Reads a number of days, or of units since midnight or 1970, where that is how times come.
    @inline(never)
    private func scanEpoch(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        let isNegative = unsafe text[0] == UInt8(ascii: "-")
        let digits = unsafe isNegative ? text + 1 : text
        var magnitude: UInt64 = 0
        let end = unsafe Digits.read(digits, &magnitude)
        let count = unsafe end - digits
        let unit = unsafe slot.pointee.encoding.epochUnit
        guard unit != .none, count &- 1 < 18, count > 0,
            unsafe digits[0] != UInt8(ascii: "0") || count == 1, unsafe end[0] != UInt8(ascii: "."),
            unsafe end[0] | 0x20 != UInt8(ascii: "e"),
            unsafe converter.convert(
                epoch: isNegative ? 0 &- Int64(magnitude) : Int64(magnitude),
                unit,
                slot - table.slots,
                row
            )
        else { return unsafe scanUnusual(slot, text, row) }
        return unsafe end
    }

    /// The day of ten bytes `2024-02-29`, which are most often those of the row before.
    @inline(always)
    private func dateDays(_ slot: UnsafeMutablePointer<ValueSlot>, _ text: Bytes) -> Int32? {
        let head = unsafe text.word
        let tail = unsafe (text + 8).pair
        if unsafe head == slot.pointee.dateHead, unsafe tail == slot.pointee.dateTail {
            return unsafe slot.pointee.dateDays
        }
        guard let days = unsafe DateTimeText.date(Span(_unsafeStart: text, count: 10)) else {
            return nil
        }
        unsafe slot.pointee.dateHead = head
        unsafe slot.pointee.dateTail = tail
        unsafe slot.pointee.dateDays = days
        return days
    }

    /// The second of the day of eight bytes `12:34:56`, or -1.
    @inline(always)
    private static func secondOfDay(_ clock: UInt64) -> Int32 {
        let shape: UInt64 = 0xF0F0_FFF0_F0FF_F0F0
        let zeros: UInt64 = 0x3030_3A30_303A_3030
        guard clock & shape == zeros, (clock &+ 0x0606_0006_0600_0606) & shape == zeros else {
            return -1
        }
        let hours = clock & 15 &* 10 &+ (clock &>> 8 & 15)
        let minutes = (clock &>> 24 & 15) &* 10 &+ (clock &>> 32 & 15)
        let seconds = (clock &>> 48 & 15) &* 10 &+ (clock &>> 56 & 15)
        guard hours < 24, minutes < 60, seconds < 60 else { return -1 }
        return Int32(hours &* 3600 &+ minutes &* 60 &+ seconds)
    }
}
