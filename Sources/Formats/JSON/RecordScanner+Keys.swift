import CTextScan

extension RecordScanner {
    /// Whether the text starts with a predicted key.
    @inline(always)
    static func matches(_ key: UnsafeMutablePointer<PredictedKey>, _ text: Bytes) -> Bool {
        let known = unsafe key.pointee.text
        if unsafe !apus_matches(text, known, known + 32) { return false }
        return unsafe key.pointee.length <= 32 || matchesRest(key, text)
    }

    @inline(never)
    private static func matchesRest(
        _ key: UnsafeMutablePointer<PredictedKey>,
        _ text: Bytes
    ) -> Bool {
        let known = unsafe key.pointee.text + 64
        for index in unsafe 32..<Int(key.pointee.length) where unsafe known[index] != text[index] {
            return false
        }
        return true
    }

    /// Reads a key that was not the predicted one, or the end of the object.
    @inline(never)
    mutating func resolveKey(
        _ object: UnsafeMutablePointer<ObjectPlan>,
        _ text: Bytes,
        _ cursor: Int,
        isFirst: Bool
    ) -> ResolvedKey {
        var start = unsafe skipSpaces(text)
        if unsafe start[0] == UInt8(ascii: "}") {
            return unsafe ResolvedKey(next: start, isEnd: true)
        }
        if !isFirst {
            guard unsafe start[0] == UInt8(ascii: ",") else { return ResolvedKey() }
            unsafe start = unsafe skipSpaces(start + 1)
        }
        guard unsafe start[0] == UInt8(ascii: "\"") else { return ResolvedKey() }
        let key = unsafe start + 1
        let scan = unsafe apus_scan_json_text(key)
        guard unsafe scan.end[0] == UInt8(ascii: "\""),
            unsafe scan.has_high == 0 || apus_is_utf8(key, scan.end - key)
        else { return ResolvedKey() }
        let colon = unsafe skipSpaces(scan.end + 1)
        guard unsafe colon[0] == UInt8(ascii: ":") else { return ResolvedKey() }
        let value = unsafe skipSpaces(colon + 1)
        let length = unsafe value - text
        if let position = unsafe findAhead(object, text, length, cursor) {
            let field = unsafe object.pointee.predicted[position].field
            return unsafe ResolvedKey(next: value, field: field, cursor: position + 1)
        }
        let field = unsafe lookUp(object, key, scan.end - key)
        var cursor = cursor
        unsafe remember(object, text, length, field, &cursor)
        return unsafe ResolvedKey(next: value, field: field, cursor: cursor)
    }

    /// The position of a key among the next predicted ones: keys between were left out.
    private func findAhead(
        _ object: UnsafeMutablePointer<ObjectPlan>,
        _ text: Bytes,
        _ length: Int,
        _ cursor: Int
    ) -> Int? {
        let end = unsafe Int(object.pointee.predictedCount)
        for position in cursor..<max(cursor, end) {
            let key = unsafe object.pointee.predicted + position
            if unsafe key.pointee.length == length, unsafe Self.matches(key, text) {
                return position
            }
        }
        return nil
    }

    private func lookUp(
        _ object: UnsafeMutablePointer<ObjectPlan>,
        _ key: Bytes,
        _ length: Int
    ) -> Int32 {
        let mask = unsafe Int(object.pointee.lookupMask)
        var bucket = unsafe KeyHash.of(key, length) & mask
        while unsafe object.pointee.lookup[bucket] >= 0 {
            let position = unsafe object.pointee.lookup[bucket]
            let field = unsafe object.pointee.fields + Int(position)
            if unsafe Int(field.pointee.nameLength) == length,
                (0..<length).allSatisfy({ unsafe field.pointee.name[$0] == key[$0] })
            {
                return position
            }
            bucket = (bucket + 1) & mask
        }
        return -1
    }

    /// Predicts a key for its place in the objects to come.
    private func remember(
        _ object: UnsafeMutablePointer<ObjectPlan>,
        _ text: Bytes,
        _ length: Int,
        _ field: Int32,
        _ cursor: inout Int
    ) {
        guard cursor < FormatLimits.predictedKeysMax, length <= PredictedKey.lengthMax else {
            return
        }
        let key = unsafe object.pointee.predicted + cursor
        if unsafe cursor == Int(object.pointee.predictedCount) {
            unsafe key.initialize(to: PredictedKey())
            unsafe object.pointee.predictedCount += 1
        }
        cursor += 1
        unsafe key.pointee.set(text, length: length, field: field)
    }
}
