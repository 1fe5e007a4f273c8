import Columnar

extension SlotTable {
    /// Hands over the first `count` rows of a slot as a column; the slot starts anew.
    func takeColumn(_ index: Int, count: Int, as type: DataType? = nil) -> Column {
        let layout = layouts[index]
        let kind = unsafe slots[index].kind
        let ends = unsafe kind.hasOffsets && count > 0 ? slots[index].offset(count) : 0
        if kind == .text || kind == .binary { unsafe slots[index].bytesHint = ends }
        let blocks = take(index)
        let type = type ?? layout.type
        guard count > 0, kind != .null else {
            for child in layout.children { _ = takeColumn(child, count: 0) }
            return kind == .null ? .nulls(type, count: count) : .empty(type)
        }
        let validity = blocks.validity.map { words in
            Bitmap(
                words: FixedBuilder<UInt64>(adopting: words, count: Bitmap.wordCount(count)),
                count: count
            )
        }
        let values = takeValues(kind, layout, blocks.values, blocks.bytes, count: count, ends: ends)
        return Column(type: type, validity: validity, values: values, count: count)
    }

    private func takeValues(
        _ kind: ValueKind,
        _ layout: Layout,
        _ values: Buffer,
        _ bytes: Buffer,
        count: Int,
        ends: Int
    ) -> ColumnValues {
        switch kind {
        case .null: .null
        case .bool:
            .bits(
                Bitmap(
                    words: FixedBuilder<UInt64>(adopting: values, count: Bitmap.wordCount(count)),
                    count: count
                )
            )
        case .int8: .int8(adopt(values, count))
        case .int16: .int16(adopt(values, count))
        case .int32, .date, .time: .int32(adopt(values, count))
        case .int64, .decimal64, .timestamp, .timestampUTC: .int64(adopt(values, count))
        case .decimal128: .int128(adopt(values, count))
        case .float: .float(adopt(values, count))
        case .double: .double(adopt(values, count))
        case .text, .binary:
            .bytes(BytesValues(offsets: adopt(values, count + 1), bytes: adopt(bytes, ends)))
        case .list:
            .list(
                ListValues(
                    offsets: adopt(values, count + 1),
                    elements: takeColumn(layout.children[0], count: ends)
                )
            )
        case .map:
            .map(
                MapValues(
                    offsets: adopt(values, count + 1),
                    keys: takeColumn(layout.children[0], count: ends),
                    values: takeColumn(layout.children[1], count: ends)
                )
            )
        case .row: .row(layout.children.map { takeColumn($0, count: count) })
        }
    }

    private func adopt<Element: BitwiseCopyable>(
        _ buffer: Buffer,
        _ count: Int
    ) -> FixedValues<Element> {
        FixedBuilder<Element>(adopting: buffer, count: count).finish()
    }
}
