import Columnar

extension ValueConverter {
    /// Converts a string (unescaped), number or boolean.
    func convert(
        scalar text: Span<UInt8>,
        _ token: JSONToken,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let target = unsafe table.slots + slot
        switch unsafe target.pointee.kind {
        case .null:
            unsafe target.pointee.storeNull(row)
        case .bool:
            unsafe target.pointee.store(bit: Self.isTrue(text), row)
        case .int8, .int16, .int32, .int64:
            return convert(integer: text, token, slot, row)
        case .float:
            guard let value = FloatText.float(text) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        case .double:
            guard let value = FloatText.double(text) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        case .decimal64, .decimal128:
            return convert(decimal: text, token, slot, row)
        case .date, .time, .timestamp, .timestampUTC:
            return convert(time: text, token, slot, row)
        case .text:
            if unsafe isPlaceholder(text, target.pointee.encoding) { return fill(slot, row) }
            store(text, slot, row)
        case .binary:
            return convert(binary: text, token, slot, row)
        case .list, .map, .row:
            return fail(.unexpected(token), slot)
        }
        return true
    }

    /// Java's `Boolean.parseBoolean`: anything but `true` is false.
    private static func isTrue(_ text: Span<UInt8>) -> Bool {
        let (lower, upper) = IntegerText.trimmed(text)
        guard upper - lower == 4 else { return false }
        let word: [UInt8] = Array("true".utf8)
        return (0..<4).allSatisfy { text[lower + $0] | 0x20 == word[$0] }
    }

    private func isPlaceholder(_ text: Span<UInt8>, _ encoding: ValueEncoding) -> Bool {
        guard encoding.checksPlaceholder, text.count == options.placeholder.count else {
            return false
        }
        return text.indices.allSatisfy { text[$0] == options.placeholder[$0] }
    }

    /// Fills a value that was not sent from the row before, if that has it.
    private func fill(_ slot: Int, _ row: Int) -> Bool {
        guard let source = placeholderRow, fillableSlots.contains(slot), row == source + 1,
            unsafe table.slots[slot].isValid(source)
        else { return fail(.placeholder, slot) }
        table.copyRow(slot, from: source, to: row)
        return true
    }

    private func convert(
        integer text: Span<UInt8>,
        _ token: JSONToken,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let target = unsafe table.slots + slot
        let kind = unsafe target.pointee.kind
        var value = IntegerText.parse(text)
        if token == .float, kind == .int32 || kind == .int64,
            let number = FloatText.double(text), number.magnitude < 9.3e18
        {
            value = Int64(exactly: number.rounded(.towardZero))
        }
        guard let value, token != .true, token != .false else {
            return fail(.unexpected(token), slot)
        }
        switch kind {
        case .int8:
            guard let value = Int8(exactly: value) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        case .int16:
            guard let value = Int16(exactly: value) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        case .int32:
            guard let value = Int32(exactly: value) else { return fail(.unexpected(token), slot) }
            unsafe target.pointee.store(value, row)
        default: unsafe target.pointee.store(value, row)
        }
        return true
    }

    private func convert(
        decimal text: Span<UInt8>,
        _ token: JSONToken,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let target = unsafe table.slots + slot
        if token == .string, unsafe target.pointee.encoding.decimalBytesScale >= 0 {
            let scale = unsafe Int(target.pointee.encoding.decimalBytesScale)
            return storeDecimal(bytes: text, scale: scale, slot, row)
        }
        let (lower, upper) = token == .string ? IntegerText.trimmed(text) : (0, text.count)
        let outcome = unsafe DecimalText.parse(
            text.extracting(lower..<upper),
            precision: Int(target.pointee.precision),
            scale: Int(target.pointee.scale)
        )
        switch outcome {
        case .value(let value): store(decimal: value, slot, row)
        case .overflow: unsafe target.pointee.storeNull(row)
        case .malformed: return fail(.unexpected(token), slot)
        }
        return true
    }

    private func store(decimal value: Int128, _ slot: Int, _ row: Int) {
        let target = unsafe table.slots + slot
        if unsafe target.pointee.kind == .decimal64 {
            unsafe target.pointee.store(Int64(truncatingIfNeeded: value), row)
        } else {
            unsafe target.pointee.store(value, row)
        }
    }

    /// Stores a decimal that comes as the base-64 bytes of its unscaled value, big end first.
    private func storeDecimal(
        bytes text: Span<UInt8>,
        scale: Int,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        guard let bytes = Base64Text.decode(text), let first = bytes.first else {
            return fail(.unexpected(.string), slot)
        }
        let fill: UInt8 = first >= 0x80 ? 0xFF : 0
        guard bytes.dropLast(16).allSatisfy({ $0 == fill }),
            bytes.count <= 16 || (bytes[bytes.count - 16] >= 0x80) == (fill == 0xFF)
        else { return fail(.unexpected(.string), slot) }
        var unscaled = Int128(Int8(bitPattern: fill))
        for byte in bytes.suffix(16) { unscaled = unscaled << 8 | Int128(byte) }
        let outcome = unsafe DecimalText.rescale(
            unscaled,
            from: scale,
            precision: Int(table.slots[slot].precision),
            scale: Int(table.slots[slot].scale)
        )
        guard case .value(let value) = outcome else { return fail(.unexpected(.string), slot) }
        store(decimal: value, slot, row)
        return true
    }

    /// Converts `{"scale": 2, "value": "base64"}`, Debezium's form of a NUMERIC without a scale.
    func convertVariableScale(
        _ index: Int,
        _ text: Span<UInt8>,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        guard unsafe table.slots[slot].encoding.allowsVariableScale,
            let scaleNode = tree.value(of: "scale", in: index, text),
            let valueNode = tree.value(of: "value", in: index, text),
            tree.nodes[valueNode].token == .string,
            tree.nodes[scaleNode].token == .integer,
            let scale = IntegerText.parse(
                text.extracting(tree.nodes[scaleNode].start..<tree.nodes[scaleNode].end)
            ), scale.magnitude <= 1000
        else { return fail(.unexpected(.object), slot) }
        let value = tree.string(valueNode, text)
        return storeDecimal(bytes: value.span, scale: Int(scale), slot, row)
    }

    private func convert(
        binary text: Span<UInt8>,
        _ token: JSONToken,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        guard token == .string else {
            guard options.readsTrees else { return fail(.unexpected(token), slot) }
            unsafe table.slots[slot].storeNull(row)
            return true
        }
        let encoding = unsafe table.slots[slot].encoding
        let bytes: [UInt8]? =
            switch encoding.binaryForm {
            case .base64: Base64Text.decode(text)
            case .base64URL: Base64Text.decode(text, isPadded: false)
            case .hex: HexText.decode(text)
            }
        if isPlaceholder(text, encoding) { return fill(slot, row) }
        guard let bytes else { return fail(.unexpected(token), slot) }
        if isPlaceholder(bytes.span, encoding) { return fill(slot, row) }
        store(bytes.span, slot, row)
        return true
    }
}
