extension Column {
    /// All rows of the pieces, one after the other; the pieces have equal layouts.
    package static func concatenate(_ pieces: [Column], type: DataType) -> Column {
        let pieces = pieces.filter { $0.count > 0 }
        guard let first = pieces.first else { return .empty(type) }
        if pieces.count == 1 { return first.retyped(type) }
        let count = pieces.reduce(0) { $0 + $1.count }
        let hasNulls = pieces.contains { $0.validity != nil || $0.isUntyped }
        if pieces.allSatisfy(\.isUntyped) { return .nulls(type, count: count) }
        return Column(
            type: type,
            validity: hasNulls ? .concatenate(pieces.map(\.fullValidity)) : nil,
            values: concatenateValues(pieces, type: type),
            count: count
        )
    }

    private var isUntyped: Bool {
        if case .null = values { return true }
        return false
    }

    private static func concatenateValues(_ pieces: [Column], type: DataType) -> ColumnValues {
        switch type.layout {
        case .null: .null
        case .bits: .bits(.concatenate(pieces.map(\.bits)))
        case .int8: .int8(.concatenate(pieces.map(\.int8s)))
        case .int16: .int16(.concatenate(pieces.map(\.int16s)))
        case .int32: .int32(.concatenate(pieces.map(\.int32s)))
        case .int64: .int64(.concatenate(pieces.map(\.int64s)))
        case .int128: .int128(.concatenate(pieces.map(\.int128s)))
        case .float: .float(.concatenate(pieces.map(\.floats)))
        case .double: .double(.concatenate(pieces.map(\.doubles)))
        case .bytes: .bytes(.concatenate(pieces.map(\.byteStrings)))
        case .list: .list(concatenateLists(pieces.map { $0.lists.compacted }, type))
        case .map: .map(concatenateMaps(pieces.map { $0.maps.compacted }, type))
        case .row:
            .row(
                type.rowFields.enumerated().map { index, field in
                    concatenate(pieces.map { $0.fieldColumns[index] }, type: field.type)
                }
            )
        }
    }

    private static func concatenateLists(_ pieces: [ListValues], _ type: DataType) -> ListValues {
        ListValues(
            offsets: Offsets.concatenate(pieces.map(\.offsets)),
            elements: concatenate(pieces.map(\.elements), type: type.elementType)
        )
    }

    private static func concatenateMaps(_ pieces: [MapValues], _ type: DataType) -> MapValues {
        MapValues(
            offsets: Offsets.concatenate(pieces.map(\.offsets)),
            keys: concatenate(pieces.map(\.keys), type: type.mapTypes.key),
            values: concatenate(pieces.map(\.values), type: type.mapTypes.value)
        )
    }
}

extension FixedValues {
    /// All values of the pieces, one after the other.
    @inlinable package static func concatenate(
        _ pieces: [FixedValues<Element>]
    ) -> FixedValues<Element> {
        var result = GrowingValues<Element>(reserving: pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { result.append(contentsOf: piece.span) }
        return result.finish()
    }
}

extension ListValues {
    /// The same lists with elements that start at the first list and end with the last.
    var compacted: ListValues {
        let range = Offsets.range(offsets)
        if range == 0..<elements.count { return self }
        return ListValues(offsets: Offsets.rebased(offsets), elements: elements.slice(range))
    }
}

extension MapValues {
    /// The same maps with entries that start at the first map and end with the last.
    var compacted: MapValues {
        let range = Offsets.range(offsets)
        if range == 0..<keys.count { return self }
        return MapValues(
            offsets: Offsets.rebased(offsets),
            keys: keys.slice(range),
            values: values.slice(range)
        )
    }
}

extension Offsets {
    /// The elements that the rows use.
    static func range(_ offsets: FixedValues<Int32>) -> Range<Int> {
        Int(offsets[0])..<Int(offsets[offsets.count - 1])
    }

    /// The same lengths, starting at zero.
    static func rebased(_ offsets: FixedValues<Int32>) -> FixedValues<Int32> {
        let first = offsets[0]
        return FixedValues(offsets.array.map { $0 - first })
    }

    /// The offsets of all pieces, each of which starts at zero, as one.
    static func concatenate(_ pieces: [FixedValues<Int32>]) -> FixedValues<Int32> {
        var result = GrowingValues<Int32>(reserving: pieces.reduce(1) { $0 + $1.count })
        result.append(0)
        var base: Int32 = 0
        for piece in pieces {
            for index in 1..<piece.count { result.append(base + piece[index]) }
            base += piece[piece.count - 1]
        }
        return result.finish()
    }
}
