import CTextScan
import Columnar

/// Reads records straight from bytes into columns, only the fields that a plan needs.
///
/// The fast path: every method returns the byte behind what it read, or nil when it meets
/// something unusual; the caller then reads the whole record again with `JSONTree`, which decides
/// whether it is valid. What is accepted here is accepted there with the same values (there is a
/// fuzz test). Text must be followed by a newline before its block ends, and 64 readable bytes.
@safe struct RecordScanner {
    let table: SlotTable
    let plan: ScanPlan
    let converter: ValueConverter
    let objects: UnsafeMutablePointer<ObjectPlan>
    let failsOnMissing: Bool
    /// The objects around the current one.
    private let frames: UnsafeMutablePointer<ScanFrame>
    /// Counts objects, to know which keys have been seen in the current one.
    var stamp: UInt64 = 0
    /// What has been seen of the current change event.
    var envelope = EnvelopeState()
    /// The description that the last record carried, to compare with.
    var schema: [UInt8] = []

    init(_ plan: ScanPlan, _ converter: ValueConverter) {
        self.plan = plan
        table = plan.table
        self.converter = converter
        unsafe objects = unsafe plan.objects
        failsOnMissing = converter.options.failsOnMissing
        unsafe frames = unsafe plan.frames
    }

    /// Reads lines up to one that is unusual; the number of rows, one for each line.
    mutating func scanLines(_ lines: inout LineCursor, from row: Int, limit: Int) -> Int {
        var row = row
        let first = row
        var text = unsafe lines.next
        defer { unsafe lines.next = unsafe text }
        while row < limit, unsafe text < lines.limit, unsafe text <= lines.lastStart {
            guard let newline = unsafe scanRecord(text, row) else { break }
            unsafe lines.last = unsafe text
            unsafe text = unsafe newline + 1
            row &+= 1
        }
        return row &- first
    }

    /// Reads a record up to its newline, which is left.
    @inline(always)
    mutating func scanRecord(_ start: Bytes, _ row: Int) -> Bytes? {
        let open = unsafe skipSpaces(start)
        guard unsafe open[0] == UInt8(ascii: "{"), let behind = unsafe scanObject(open + 1, row)
        else { return nil }
        let end = unsafe skipSpaces(behind)
        return unsafe end[0] == UInt8(ascii: "\n") ? end : nil
    }

    /// Reads the record's object, and the objects within it, from behind its brace to behind its
    /// other brace: one loop without recursion, so that the common values need no calls.
    private mutating func scanObject(_ start: Bytes, _ row: Int) -> Bytes? {
        var frame = unsafe ScanFrame(objects, row: row, stamp: nextStamp())
        var depth = 0
        var text = unsafe start
        while true {
            var field: Int32
            let predicted = unsafe frame.object.pointee.predicted + frame.cursor
            if unsafe frame.cursor < frame.object.pointee.predictedCount,
                unsafe RecordScanner.matches(predicted, text)
            {
                field = unsafe predicted.pointee.field
                unsafe text += Int(predicted.pointee.length)
                frame.cursor &+= 1
            } else if unsafe text[0] == UInt8(ascii: "}") {
                unsafe text += 1
                guard finish(frame) else { return nil }
                if depth == 0 { return unsafe text }
                depth &-= 1
                frame = unsafe frames[depth]
                continue
            } else {
                let key = unsafe resolveKey(
                    frame.object,
                    text,
                    frame.cursor,
                    isFirst: frame.isFirst
                )
                guard let next = unsafe key.next else { return nil }
                unsafe text = unsafe next
                if key.isEnd { continue }
                field = key.field
                frame.cursor = key.cursor
            }
            frame.isFirst = false
            if field < 0 {
                guard let next = unsafe skipValue(text) else { return nil }
                unsafe text = unsafe next
                continue
            }
            let plan = unsafe frame.object.pointee.fields + Int(field)
            if unsafe plan.pointee.stamp == frame.stamp { return nil }
            unsafe plan.pointee.stamp = frame.stamp
            frame.found &+= 1
            if unsafe plan.pointee.action.isLeaf || text[0] == UInt8(ascii: "n") {
                guard let next = unsafe scanValue(plan, text, frame.row) else { return nil }
                unsafe text = unsafe next
            } else {
                guard unsafe text[0] == UInt8(ascii: "{"), let inner = unsafe enter(plan, frame.row)
                else {
                    return nil
                }
                unsafe frames[depth] = frame
                depth &+= 1
                frame = inner
                unsafe text += 1
            }
        }
    }

    @inline(always)
    private mutating func nextStamp() -> UInt64 {
        stamp &+= 1
        return stamp
    }

    /// The frame of an object within the current one; nil when its row is not yet known.
    @inline(always)
    private mutating func enter(
        _ field: UnsafeMutablePointer<FieldPlan>,
        _ row: Int
    ) -> ScanFrame? {
        var row = row
        switch unsafe field.pointee.action {
        case .imageBefore:
            // The usual order is before, after: the row of the one depends on the other.
            if envelope.after != .missing { return nil }
            envelope.before = .present
        case .imageAfter:
            if envelope.before == .missing { return nil }
            envelope.after = .present
            row &+= envelope.before == .present ? 1 : 0
        default: break
        }
        return unsafe ScanFrame(objects + Int(field.pointee.object), row: row, stamp: nextStamp())
    }

    /// Ends an object: fields that it lacked become NULL; false when that is an error.
    @inline(always)
    private func finish(_ frame: ScanFrame) -> Bool {
        let object = unsafe frame.object
        if unsafe frame.found != object.pointee.fieldCount {
            if failsOnMissing { return false }
            unsafe fillMissing(object, frame.stamp, frame.row)
        }
        if unsafe object.pointee.validitySlot >= 0 {
            let slot = unsafe table.slots + Int(object.pointee.validitySlot)
            if unsafe slot.pointee.hasNulls { unsafe slot.pointee.setValid(frame.row) }
        }
        return true
    }

    @inline(never)
    private func fillMissing(
        _ object: UnsafeMutablePointer<ObjectPlan>,
        _ stamp: UInt64,
        _ row: Int
    ) {
        for index in unsafe 0..<Int(object.pointee.fieldCount) {
            let field = unsafe object.pointee.fields + index
            if unsafe field.pointee.stamp != stamp { unsafe storeNull(field, row) }
        }
    }

    /// Sets a field and everything in it to NULL.
    @inline(always)
    func storeNull(_ field: UnsafeMutablePointer<FieldPlan>, _ row: Int) {
        switch unsafe field.pointee.action {
        case .object:
            let object = unsafe objects + Int(field.pointee.object)
            for index in unsafe 0..<Int(object.pointee.rowSlotCount) {
                unsafe table.slots[Int(object.pointee.rowSlots[index])].storeNull(row)
            }
        case .imageBefore: break
        case .imageAfter, .operation, .schema: break
        default: unsafe field.pointee.slot.pointee.storeNull(row)
        }
    }

    @inline(always)
    func skipSpaces(_ text: Bytes) -> Bytes {
        var text = unsafe text
        while unsafe text[0] == 0x20 || text[0] == 0x09 || text[0] == 0x0D { unsafe text += 1 }
        return unsafe text
    }
}

/// An object that is being read.
@safe struct ScanFrame: BitwiseCopyable {
    let object: UnsafeMutablePointer<ObjectPlan>
    let row: Int
    /// Marks the fields that have been seen in this object.
    let stamp: UInt64
    /// The position of the next key among the predicted ones.
    var cursor = 0
    /// The number of needed fields found.
    var found: Int32 = 0
    var isFirst = true

    @inline(always)
    init(_ object: UnsafeMutablePointer<ObjectPlan>, row: Int, stamp: UInt64) {
        unsafe self.object = unsafe object
        self.row = row
        self.stamp = stamp
    }
}

/// A key that has been read, or the end of the object.
@safe struct ResolvedKey {
    /// Where the value starts, or the closing brace; nil for anything unusual.
    var next: Bytes?
    var field: Int32 = -1
    var cursor = 0
    var isEnd = false
}
