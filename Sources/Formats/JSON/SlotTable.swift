import Columnar

/// The columns under construction of one decoder, with the memory behind them.
///
/// Slots are numbered in depth-first order: a slot comes before its fields, elements or entries.
@safe final class SlotTable {
    /// What a slot is for.
    struct Layout {
        let type: DataType
        /// Fields of a ROW, the element of an ARRAY, key and value of a MAP.
        var children: [Int] = []
        /// The name in messages, `a.b.c`.
        let path: String
    }

    private(set) var layouts: [Layout] = []
    let slots: UnsafeMutablePointer<ValueSlot>
    private var owners: [Owners] = []
    private let capacityOfSlots: Int

    /// The blocks of a slot.
    private struct Owners {
        var values: Buffer
        var validity: Buffer
        var bytes: Buffer
    }

    /// Makes an empty table with room for a number of slots.
    init(capacity: Int) {
        capacityOfSlots = capacity
        unsafe slots = .allocate(capacity: max(1, capacity))
    }

    deinit {
        unsafe slots.deallocate()
    }

    var count: Int { layouts.count }

    /// The number of slots that a value of a type needs, with everything in it.
    static func slotCount(_ type: DataType) -> Int {
        switch type.kind {
        case .row(let fields): 1 + fields.reduce(0) { $0 + slotCount($1.type) }
        case .array(let element): 1 + slotCount(element)
        case .map(let key, let value): 1 + slotCount(key) + slotCount(value)
        case .multiset(let element): 2 + slotCount(element)
        default: 1
        }
    }

    /// Adds a slot without its children.
    func addOne(
        _ type: DataType,
        path: String,
        separator: UInt8,
        _ encoding: ValueEncoding
    ) -> Int {
        precondition(count < capacityOfSlots, "more slots than were counted")
        let index = count
        let slot = ValueSlot(type, separator: separator, encoding: encoding, empty: .empty)
        unsafe (slots + index).initialize(to: slot)
        layouts.append(Layout(type: type, path: path))
        owners.append(Owners(values: .empty, validity: .empty, bytes: .empty))
        return index
    }

    /// Adds a slot with everything in it.
    func add(
        _ type: DataType,
        path: String,
        separator: UInt8,
        _ encoding: (DataType) -> ValueEncoding
    ) -> Int {
        let index = addOne(type, path: path, separator: separator, encoding(type))
        let parts: [(name: String, type: DataType)] =
            switch type.kind {
            case .row(let fields): fields.map { ("\(path).\($0.name)", $0.type) }
            case .array(let element): [("\(path)[]", element)]
            case .map(let key, let value): [("\(path).key", key), ("\(path)[]", value)]
            case .multiset(let element):
                [("\(path).key", element), ("\(path)[]", DataType.integer.notNull)]
            default: []
            }
        for part in parts {
            let child = add(part.type, path: part.name, separator: separator, encoding)
            layouts[index].children.append(child)
        }
        return index
    }

    func setChildren(_ children: [Int], of slot: Int) {
        layouts[slot].children = children
    }

    /// Makes room for rows of a slot and of the fields below a ROW, keeping what is written.
    func reserve(_ index: Int, rows: Int) {
        if unsafe slots[index].capacity < rows { grow(index, to: rows) }
        if unsafe slots[index].kind == .row {
            for child in layouts[index].children { reserve(child, rows: rows) }
        }
    }

    private func grow(_ index: Int, to rows: Int) {
        let old = unsafe slots[index].capacity
        let rows = old == 0 ? rows : max(rows, old * 2)
        let kind = unsafe slots[index].kind
        let words = Bitmap.wordCount(rows)
        let width = kind == .bool ? words * 8 : (rows + (kind.hasOffsets ? 1 : 0)) * kind.width
        let oldWords = Bitmap.wordCount(old)
        let used = kind == .bool ? oldWords * 8 : (old + (kind.hasOffsets ? 1 : 0)) * kind.width
        if width > 0 {
            let values = Buffer(capacity: width)
            if old > 0 {
                unsafe values.base.copyMemory(from: slots[index].values, byteCount: used)
            } else if kind.hasOffsets {
                unsafe values.base.assumingMemoryBound(to: Int32.self)[0] = 0
            }
            owners[index].values = values
            unsafe slots[index].values = unsafe values.base
        }
        let validity = Buffer(capacity: words * 8)
        let bits = unsafe validity.base.assumingMemoryBound(to: UInt64.self)
        unsafe bits.update(repeating: .max, count: words)
        if old > 0 { unsafe bits.update(from: slots[index].validity, count: oldWords) }
        owners[index].validity = validity
        unsafe slots[index].validity = unsafe bits
        unsafe slots[index].capacity = rows
    }

    /// Makes room for the bytes of a text that starts at `offset` of a slot.
    @inline(always)
    func reserveBytes(_ slot: UnsafeMutablePointer<ValueSlot>, _ offset: Int, _ count: Int) {
        if unsafe offset &+ count > slot.pointee.bytesCapacity {
            unsafe growBytes(slot, offset, count)
        }
    }

    @inline(never)
    private func growBytes(_ slot: UnsafeMutablePointer<ValueSlot>, _ offset: Int, _ count: Int) {
        let index = unsafe slot - slots
        let wanted = unsafe max(
            slot.pointee.bytesCapacity * 2,
            slot.pointee.bytesHint + slot.pointee.bytesHint / 8
        )
        let capacity = max(1024, wanted, offset + count)
        let bytes = Buffer(capacity: capacity)
        unsafe bytes.base.copyMemory(from: slot.pointee.bytes, byteCount: offset)
        owners[index].bytes = bytes
        unsafe slot.pointee.bytes = unsafe bytes.base.assumingMemoryBound(to: UInt8.self)
        unsafe slot.pointee.bytesCapacity = capacity
    }

    /// Hands over the blocks of a slot, which starts anew with room for as many bytes.
    func take(_ index: Int) -> (values: Buffer, validity: Buffer?, bytes: Buffer) {
        let taken = owners[index]
        let hasNulls = unsafe slots[index].hasNulls
        owners[index] = Owners(values: .empty, validity: .empty, bytes: .empty)
        unsafe slots[index].hasNulls = false
        unsafe slots[index].capacity = 0
        unsafe slots[index].values = unsafe Buffer.empty.base
        unsafe slots[index].validity = unsafe Buffer.empty.base.assumingMemoryBound(to: UInt64.self)
        unsafe slots[index].bytes = unsafe Buffer.empty.base.assumingMemoryBound(to: UInt8.self)
        unsafe slots[index].bytesCapacity = 0
        return (taken.values, hasNulls ? taken.validity : nil, taken.bytes)
    }

    /// Writes NULL to a slot and to the fields below a ROW.
    func storeNull(_ index: Int, _ row: Int) {
        unsafe slots[index].storeNull(row)
        if unsafe slots[index].kind == .row {
            for child in layouts[index].children { storeNull(child, row) }
        }
    }
}
