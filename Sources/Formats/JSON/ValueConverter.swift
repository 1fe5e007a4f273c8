import Columnar

/// Why a value could not be converted; made into a message only when it is needed.
struct ConversionFailure {
    enum Reason {
        case unexpected(JSONToken)
        case missingField
        case placeholder
        case syntax(JSONSyntaxError)
    }

    let reason: Reason
    /// The slot that should have taken the value, or -1.
    var slot = -1
    /// The outermost field around the value.
    var field = ""
}

/// Converts JSON values as Flink's converters do: every kind of value into every type.
///
/// The scanner handles what is common and asks this for the rest.
final class ValueConverter {
    let table: SlotTable
    let options: ReadingOptions
    let tree = JSONTree()
    /// The reason of the last conversion that failed.
    var failure: ConversionFailure?
    /// Fields that became NULL because they did not convert.
    var ignoredFields = 0
    /// The row with the old values, for those that an update did not send again.
    var placeholderRow: Int?
    /// The slots of the rows themselves: elements of arrays are never filled.
    var fillableSlots: Set<Int> = []
    private var shapes: [Int: ObjectShape] = [:]

    init(_ table: SlotTable, _ options: ReadingOptions) {
        self.table = table
        self.options = options
    }

    /// Converts a value given as text, whose syntax has been checked.
    ///
    /// - Returns: whether it converted, or was made NULL because errors are ignored.
    func convert(value text: Span<UInt8>, _ slot: Int, _ row: Int) -> Bool {
        do {
            try tree.parse(text)
        } catch {
            return fail(.syntax(error), slot)
        }
        return convert(node: 0, text, slot, row)
    }

    /// Converts a value of the parsed text.
    func convert(node index: Int, _ text: Span<UInt8>, _ slot: Int, _ row: Int) -> Bool {
        if tree.nodes[index].token == .null {
            table.storeNull(slot, row)
            return true
        }
        if convertNotNull(index, text, slot, row) { return true }
        guard options.ignoresErrors, !isPlaceholderFailure else { return false }
        ignoredFields += 1
        table.storeNull(slot, row)
        return true
    }

    /// Whether the value was not sent at all: that may never pass for NULL.
    private var isPlaceholderFailure: Bool {
        if case .placeholder = failure?.reason { return true }
        return false
    }

    private func convertNotNull(
        _ index: Int,
        _ text: Span<UInt8>,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let node = tree.nodes[index]
        let kind = unsafe table.slots[slot].kind
        switch (kind, node.token) {
        case (.list, .array): return convertList(index, text, slot, row)
        case (.map, .object): return convertMap(index, text, slot, row)
        case (.row, .object):
            let shape = shape(of: slot)
            return convert(object: index, text, shape, row)
        case (.text, .object), (.text, .array):
            var scratch: [UInt8] = []
            tree.appendText(index, text, asDecimal: options.hasDecimals, to: &scratch)
            store(scratch.span, slot, row)
            return true
        case (.decimal64, .object), (.decimal128, .object):
            return convertVariableScale(index, text, slot, row)
        case (_, .object), (_, .array), (.list, _), (.map, _), (.row, _):
            return fail(.unexpected(node.token), slot)
        case (.text, .integer), (.text, .float):
            var scratch: [UInt8] = []
            let number = text.extracting(node.start..<node.end)
            if options.readsTrees {
                NumberNormalization.append(
                    number,
                    node.token,
                    asDecimal: options.hasDecimals,
                    to: &scratch
                )
                store(scratch.span, slot, row)
            } else {
                store(number, slot, row)
            }
            return true
        default: break
        }
        let raw = text.extracting(node.start..<node.end)
        guard node.hasEscapes else { return convert(scalar: raw, node.token, slot, row) }
        var content: [UInt8] = []
        JSONEscapes.append(raw, hasEscapes: true, to: &content)
        return convert(scalar: content.span, node.token, slot, row)
    }

    /// Converts an object into slots; fields that are not there become NULL.
    func convert(
        object index: Int,
        _ text: Span<UInt8>,
        _ shape: ObjectShape,
        _ row: Int
    ) -> Bool {
        guard tree.nodes[index].token == .object else {
            return fail(.unexpected(tree.nodes[index].token), shape.validitySlot)
        }
        if shape.validitySlot >= 0 { setValid(shape.validitySlot, row) }
        var isSeen = [Bool](repeating: false, count: shape.names.count)
        var child = index + 1
        let end = tree.nodes[index].next
        while child < end {
            let value = tree.nodes[child].next
            if let position = shape.position(of: tree.string(child, text)) {
                isSeen[position] = true
                if !convert(field: value, text, shape.targets[position], row) {
                    failure?.field = shape.names[position]
                    return false
                }
            }
            child = tree.nodes[value].next
        }
        for (position, target) in shape.targets.enumerated() where !isSeen[position] {
            if options.failsOnMissing {
                return fail(.missingField, shape.validitySlot)
            }
            storeNull(target, row)
        }
        return true
    }

    private func convert(
        field value: Int,
        _ text: Span<UInt8>,
        _ target: ObjectShape.Target,
        _ row: Int
    ) -> Bool {
        switch target {
        case .slot(let slot): return convert(node: value, text, slot, row)
        case .object(let shape):
            if tree.nodes[value].token == .null {
                storeNull(target, row)
                return true
            }
            if convert(object: value, text, shape, row) { return true }
            guard options.ignoresErrors, !isPlaceholderFailure else { return false }
            ignoredFields += 1
            storeNull(target, row)
            return true
        }
    }

    private func storeNull(_ target: ObjectShape.Target, _ row: Int) {
        switch target {
        case .slot(let slot): table.storeNull(slot, row)
        case .object(let shape):
            for slot in shape.rowSlots { unsafe table.slots[slot].storeNull(row) }
        }
    }

    private func shape(of slot: Int) -> ObjectShape {
        if let shape = shapes[slot] { return shape }
        let shape = ObjectShape(table, slot: slot)
        shapes[slot] = shape
        return shape
    }

    private func convertList(
        _ index: Int,
        _ text: Span<UInt8>,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let element = table.layouts[slot].children[0]
        var count = unsafe table.slots[slot].offset(row)
        var child = index + 1
        while child < tree.nodes[index].next {
            table.reserve(element, rows: count + 1)
            guard convert(node: child, text, element, count) else { return false }
            count += 1
            child = tree.nodes[child].next
        }
        unsafe table.slots[slot].end(row, at: count)
        return true
    }

    private func convertMap(
        _ index: Int,
        _ text: Span<UInt8>,
        _ slot: Int,
        _ row: Int
    ) -> Bool {
        let children = table.layouts[slot].children
        var count = unsafe table.slots[slot].offset(row)
        for entry in tree.entries(of: index, text) {
            table.reserve(children[0], rows: count + 1)
            table.reserve(children[1], rows: count + 1)
            guard convert(scalar: entry.key.span, .string, children[0], count),
                convert(node: entry.value, text, children[1], count)
            else { return false }
            count += 1
        }
        unsafe table.slots[slot].end(row, at: count)
        return true
    }

    /// Notes why a conversion failed.
    func fail(_ reason: ConversionFailure.Reason, _ slot: Int) -> Bool {
        failure = ConversionFailure(reason: reason, slot: slot)
        return false
    }

    private func setValid(_ slot: Int, _ row: Int) {
        unsafe table.slots[slot].setValid(row)
    }

    /// Writes a text or binary value.
    func store(_ value: Span<UInt8>, _ slot: Int, _ row: Int) {
        let target = unsafe table.slots + slot
        let offset = unsafe target.pointee.offset(row)
        unsafe table.reserveBytes(target, offset, value.count)
        unsafe value.withUnsafeBufferPointer { source in
            if let first = source.baseAddress {
                unsafe (target.pointee.bytes + offset).update(from: first, count: source.count)
            }
        }
        unsafe target.pointee.end(row, at: offset + value.count)
    }
}
