import CTextScan
import Columnar

extension RecordScanner {
    /// Reads the value of a needed key into its slot.
    @inline(always)
    mutating func scanValue(
        _ field: UnsafeMutablePointer<FieldPlan>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        if unsafe text[0] == UInt8(ascii: "n") { return unsafe scanNull(field, text, row) }
        let slot = unsafe field.pointee.slot
        switch unsafe field.pointee.action {
        case .text: return unsafe scanText(slot, text, row)
        case .int64: return unsafe scanInteger(slot, text, row, as: Int64.self)
        case .int32: return unsafe scanInteger(slot, text, row, as: Int32.self)
        case .int16: return unsafe scanInteger(slot, text, row, as: Int16.self)
        case .int8: return unsafe scanInteger(slot, text, row, as: Int8.self)
        case .decimal64: return unsafe scanDecimal(slot, text, row)
        case .double: return unsafe scanDouble(slot, text, row)
        case .timestamp: return unsafe scanTimestamp(slot, text, row, isUTC: false)
        case .timestampUTC: return unsafe scanTimestamp(slot, text, row, isUTC: true)
        case .date: return unsafe scanDate(slot, text, row)
        case .bool: return unsafe scanBool(slot, text, row)
        case .time: return unsafe scanTime(slot, text, row)
        case .null, .float, .decimal128, .binary, .nested:
            return unsafe scanUnusual(slot, text, row)
        case .operation: return unsafe scanOperation(text)
        case .schema: return unsafe scanSchema(text)
        case .object, .imageBefore, .imageAfter: return nil
        }
    }

    @inline(always)
    private mutating func scanNull(
        _ field: UnsafeMutablePointer<FieldPlan>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard unsafe text.halfWord == Word.null else { return nil }
        switch unsafe field.pointee.action {
        case .imageBefore: envelope.before = .null
        case .imageAfter: envelope.after = .null
        case .operation, .schema: return nil
        default: unsafe storeNull(field, row)
        }
        return unsafe text + 4
    }

    /// Reads a value of a kind that the column does not usually have, by way of the converter.
    @inline(never)
    func scanUnusual(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard let end = unsafe skipValue(text) else { return nil }
        let value = unsafe Span(_unsafeStart: text, count: end - text)
        return unsafe converter.convert(value: value, slot - table.slots, row) ? end : nil
    }

    @inline(always)
    private func scanBool(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        if unsafe text.halfWord == Word.true {
            unsafe slot.pointee.store(bit: true, row)
            return unsafe text + 4
        }
        if unsafe text[0] == UInt8(ascii: "f"), unsafe (text + 1).halfWord == Word.alse {
            unsafe slot.pointee.store(bit: false, row)
            return unsafe text + 5
        }
        return unsafe scanUnusual(slot, text, row)
    }

    /// Reads a string into a text slot.
    @inline(always)
    private func scanText(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard unsafe text[0] == UInt8(ascii: "\"") else {
            return unsafe scanUnusual(slot, text, row)
        }
        let content = unsafe text + 1
        let scan = unsafe apus_scan_json_text(content)
        let length = unsafe scan.end - content
        guard unsafe scan.end[0] == UInt8(ascii: "\""),
            unsafe scan.has_high == 0 || apus_is_utf8(content, length)
        else { return unsafe scanEscapedText(slot, content, row) }
        if unsafe slot.pointee.encoding.checksPlaceholder, unsafe isPlaceholder(content, length) {
            return nil
        }
        let offset = unsafe slot.pointee.offset(row)
        unsafe table.reserveBytes(slot, offset, length)
        unsafe RawCopy.copy(from: content, to: slot.pointee.bytes + offset, count: length)
        unsafe slot.pointee.end(row, at: offset &+ length)
        return unsafe scan.end + 1
    }

    @inline(never)
    private func scanEscapedText(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ content: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard let end = unsafe findTextEnd(content)?.end else { return nil }
        let offset = unsafe slot.pointee.offset(row)
        unsafe table.reserveBytes(slot, offset, end - content)
        let length = unsafe JSONEscapes.unescape(content, end, slot.pointee.bytes + offset)
        if unsafe slot.pointee.encoding.checksPlaceholder,
            unsafe isPlaceholder(slot.pointee.bytes + offset, length)
        {
            return nil
        }
        unsafe slot.pointee.end(row, at: offset + length)
        return unsafe end + 1
    }

    private func isPlaceholder(_ text: Bytes, _ length: Int) -> Bool {
        let placeholder = converter.options.placeholder
        guard length == placeholder.count else { return false }
        return (0..<length).allSatisfy { unsafe text[$0] == placeholder[$0] }
    }
}
