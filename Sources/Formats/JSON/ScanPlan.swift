import Columnar

/// What the scanner does with the value of a known key.
enum FieldAction: UInt8 {
    case null
    case bool
    case int8
    case int16
    case int32
    case int64
    case float
    case double
    case decimal64
    case decimal128
    case date
    case time
    case timestamp
    case timestampUTC
    case text
    case binary
    /// An ARRAY or MAP.
    case nested
    /// The kind of a change, in a Debezium envelope.
    case operation
    /// The description of the record's fields, usually the same in every record.
    case schema
    /// An object whose fields are known.
    case object
    /// The row before a change.
    case imageBefore
    /// The row after a change.
    case imageAfter

    /// Whether the value is read at once, not entered.
    @inline(always)
    var isLeaf: Bool { rawValue < FieldAction.object.rawValue }

    init(_ kind: ValueKind) {
        switch kind {
        case .list, .map: self = .nested
        case .row: self = .object
        default: self = FieldAction(rawValue: kind.rawValue) ?? .null
        }
    }
}

/// A key that the scanner looks for in an object, and what to do with its value.
@safe struct FieldPlan: BitwiseCopyable {
    let action: FieldAction
    /// The slot that takes the value; for an object that of its validity, or -1.
    let slotIndex: Int32
    /// The plan of an object.
    let object: Int32
    /// The last object in which the key was seen, to find missing and repeated ones.
    var stamp: UInt64 = 0
    let slot: UnsafeMutablePointer<ValueSlot>
    let name: UnsafePointer<UInt8>
    let nameLength: Int32
}

/// A key as it stood in the last object: a comma, the key in quotes, a colon, and spaces.
///
/// `text` is a block of 32 bytes, 32 bytes of mask, and the whole key again for longer ones.
@safe struct PredictedKey: BitwiseCopyable {
    let text: UnsafeMutablePointer<UInt8>
    var length: Int32 = 0
    /// The position among the object's fields; -1 for a key that nobody needs.
    var field: Int32 = -1

    /// The longest key that is predicted.
    static let lengthMax = 256

    init() {
        unsafe text = .allocate(capacity: 64 + Self.lengthMax)
        unsafe text.initialize(repeating: 0, count: 64)
    }

    mutating func set(_ key: Bytes, length: Int, field: Int32) {
        for index in 0..<32 {
            unsafe text[index] = unsafe index < length ? key[index] : 0
            unsafe text[32 + index] = index < length ? 0xFF : 0
        }
        unsafe (text + 64).update(from: key, count: length)
        self.length = Int32(length)
        self.field = field
    }
}

/// What the scanner looks for in one object.
@safe struct ObjectPlan: BitwiseCopyable {
    let fields: UnsafeMutablePointer<FieldPlan>
    let fieldCount: Int32
    /// The slot of the object's own validity, or -1.
    let validitySlot: Int32
    /// The slots to set when the object is NULL.
    let rowSlots: UnsafeMutablePointer<Int32>
    let rowSlotCount: Int32
    /// The keys in the order of the objects before.
    let predicted: UnsafeMutablePointer<PredictedKey>
    var predictedCount: Int32 = 0
    /// Field positions by hash of the key, -1 when free.
    let lookup: UnsafeMutablePointer<Int32>
    let lookupMask: Int32
}

/// All objects of a record that are entered, in raw memory; object 0 is the record.
@safe final class ScanPlan {
    /// A key of an object, as a plan is made from it.
    enum Entry {
        /// A value for a slot, or an object with the fields of a ROW.
        case field(ProjectedField)
        /// An object that is no ROW of the table, such as an envelope's payload.
        case object(name: String, [Entry])
        /// A part of an envelope.
        case special(name: String, FieldAction, [Entry])
    }

    let table: SlotTable
    private(set) var objects: UnsafeMutablePointer<ObjectPlan>
    private(set) var objectCount = 0
    private let objectCapacity: Int
    /// Room for the objects around one that is being read.
    let frames: UnsafeMutablePointer<ScanFrame>

    init(_ entries: [Entry], _ table: SlotTable) {
        self.table = table
        objectCapacity = 1 + Self.objectCount(entries)
        unsafe objects = .allocate(capacity: objectCapacity)
        unsafe frames = .allocate(capacity: objectCapacity)
        _ = add(entries, validitySlot: -1)
    }

    deinit {
        for index in 0..<objectCount {
            let object = unsafe objects[index]
            for position in 0..<Int(object.predictedCount) {
                unsafe object.predicted[position].text.deallocate()
            }
            unsafe object.predicted.deallocate()
            for position in 0..<Int(object.fieldCount) {
                unsafe object.fields[position].name.deallocate()
            }
            unsafe object.fields.deallocate()
            unsafe object.rowSlots.deallocate()
            unsafe object.lookup.deallocate()
        }
        unsafe objects.deallocate()
        unsafe frames.deallocate()
    }

    private static func objectCount(_ entries: [Entry]) -> Int {
        entries.reduce(0) { count, entry in
            switch entry {
            case .field(let field):
                if case .row = field.type.kind {
                    return count + 1 + objectCount(field.children.map { .field($0) })
                }
                return count
            case .object(_, let inner): return count + 1 + objectCount(inner)
            case .special(_, let action, let inner):
                return action.isLeaf ? count : count + 1 + objectCount(inner)
            }
        }
    }

    /// Adds an object and everything below it; the number of the object.
    private func add(_ entries: [Entry], validitySlot: Int) -> Int {
        let index = objectCount
        objectCount += 1
        let fields = UnsafeMutablePointer<FieldPlan>.allocate(capacity: max(1, entries.count))
        let lookupSize = max(8, (entries.count * 2).nextPowerOfTwo)
        let lookup = UnsafeMutablePointer<Int32>.allocate(capacity: lookupSize)
        unsafe lookup.initialize(repeating: -1, count: lookupSize)
        for (position, entry) in entries.enumerated() {
            let field = plan(entry)
            unsafe (fields + position).initialize(to: field)
            var bucket =
                unsafe KeyHash.of(field.name, Int(field.nameLength)) & (lookupSize - 1)
            while unsafe lookup[bucket] >= 0 { bucket = (bucket + 1) & (lookupSize - 1) }
            unsafe lookup[bucket] = Int32(position)
        }
        let slots = (validitySlot >= 0 ? [validitySlot] : []) + entries.flatMap(Self.rowSlots)
        let rowSlots = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, slots.count))
        for (position, slot) in slots.enumerated() { unsafe rowSlots[position] = Int32(slot) }
        unsafe (objects + index).initialize(
            to: ObjectPlan(
                fields: fields,
                fieldCount: Int32(entries.count),
                validitySlot: Int32(validitySlot),
                rowSlots: rowSlots,
                rowSlotCount: Int32(slots.count),
                predicted: .allocate(capacity: FormatLimits.predictedKeysMax),
                lookup: lookup,
                lookupMask: Int32(lookupSize - 1)
            )
        )
        return index
    }

    private static func rowSlots(_ entry: Entry) -> [Int] {
        switch entry {
        case .field(let field): field.rowSlots
        case .object(_, let entries): entries.flatMap(rowSlots)
        case .special: []
        }
    }

    private func plan(_ entry: Entry) -> FieldPlan {
        switch entry {
        case .field(let field):
            guard case .row = field.type.kind else {
                let action = unsafe FieldAction(table.slots[field.slot].kind)
                return plan(field.name, action, slot: field.slot, object: -1)
            }
            let inner = field.children.map { Entry.field($0) }
            let object = add(inner, validitySlot: field.slot)
            return plan(field.name, .object, slot: field.slot, object: object)
        case .object(let name, let entries):
            return plan(name, .object, slot: -1, object: add(entries, validitySlot: -1))
        case .special(let name, let action, let entries):
            let object = action.isLeaf ? -1 : add(entries, validitySlot: -1)
            return plan(name, action, slot: -1, object: object)
        }
    }

    private func plan(_ name: String, _ action: FieldAction, slot: Int, object: Int) -> FieldPlan {
        let bytes = Array(name.utf8)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + 64)
        for (index, byte) in bytes.enumerated() { unsafe copy[index] = byte }
        return unsafe FieldPlan(
            action: action,
            slotIndex: Int32(slot),
            object: Int32(object),
            slot: table.slots + max(0, slot),
            name: copy,
            nameLength: Int32(bytes.count)
        )
    }
}

/// A hash of short keys, for the tables of one object's fields.
enum KeyHash {
    static func of(_ key: UnsafePointer<UInt8>, _ length: Int) -> Int {
        var hash = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<length {
            hash = unsafe (hash ^ UInt64(key[index])) &* 0x100_0000_01B3
        }
        return Int(truncatingIfNeeded: (hash ^ hash >> 29) & 0x7FFF_FFFF)
    }
}

extension Int {
    /// The smallest power of two that is not below this.
    var nextPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
