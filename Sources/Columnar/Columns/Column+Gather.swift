extension Column {
    /// The rows at the given positions, in that order; a negative position gives NULL.
    package func gather(_ positions: FixedValues<Int32>) -> Column {
        let isPadding = positions.containsNegative
        let validity: Bitmap? =
            if let validity {
                validity.gather(positions.span)
            } else if isPadding {
                Bitmap(repeating: true, count: count).gather(positions.span)
            } else {
                nil
            }
        return Column(
            type: isPadding ? type.nullable() : type,
            validity: validity,
            values: values.gather(positions),
            count: positions.count
        )
    }

    /// The rows whose bit is one, in order.
    package func filter(_ selection: Bitmap) -> Column {
        gather(selection.positionsOfOnes())
    }

    /// A range of rows; shares memory where it can.
    package func slice(_ range: Range<Int>) -> Column {
        if range == 0..<count { return self }
        return Column(
            type: type,
            validity: validity?.slice(range),
            values: values.slice(range),
            count: range.count
        )
    }
}

extension FixedValues where Element == Int32 {
    /// Whether a position is negative, which stands for a row of NULLs.
    var containsNegative: Bool {
        let span = span
        var all: Int32 = 0
        for index in span.indices { all |= span[index] }
        return all < 0
    }
}

extension FixedValues {
    /// The values at the given positions; a negative position gives the first value, or garbage.
    @inlinable package func gather(_ positions: FixedValues<Int32>) -> FixedValues<Element> {
        let result = FixedBuilder<Element>(count: positions.count)
        let count = count
        let target = unsafe result.base
        let source = unsafe base
        let positions = positions.span
        for index in positions.indices {
            let position = max(0, Int(positions[index]))
            precondition(position < count || (position == 0 && count == 0), "row out of range")
            unsafe target[index] = source[position]
        }
        return result.finish()
    }
}

extension ColumnValues {
    fileprivate func gather(_ positions: FixedValues<Int32>) -> ColumnValues {
        switch self {
        case .null: .null
        case .bits(let bits): .bits(bits.gather(positions.span))
        case .int8(let values): .int8(values.gather(positions))
        case .int16(let values): .int16(values.gather(positions))
        case .int32(let values): .int32(values.gather(positions))
        case .int64(let values): .int64(values.gather(positions))
        case .int128(let values): .int128(values.gather(positions))
        case .float(let values): .float(values.gather(positions))
        case .double(let values): .double(values.gather(positions))
        case .bytes(let values): .bytes(values.gather(positions.span))
        case .list(let lists):
            .list(lists.gather(positions))
        case .map(let maps):
            .map(maps.gather(positions))
        case .row(let fields): .row(fields.map { $0.gather(positions) })
        }
    }

    fileprivate func slice(_ range: Range<Int>) -> ColumnValues {
        switch self {
        case .null: .null
        case .bits(let bits): .bits(bits.slice(range))
        case .int8(let values): .int8(values.slice(range))
        case .int16(let values): .int16(values.slice(range))
        case .int32(let values): .int32(values.slice(range))
        case .int64(let values): .int64(values.slice(range))
        case .int128(let values): .int128(values.slice(range))
        case .float(let values): .float(values.slice(range))
        case .double(let values): .double(values.slice(range))
        case .bytes(let values): .bytes(values.slice(range))
        case .list(let lists):
            .list(
                ListValues(
                    offsets: lists.offsets.slice(range.lowerBound..<range.upperBound + 1),
                    elements: lists.elements
                )
            )
        case .map(let maps):
            .map(
                MapValues(
                    offsets: maps.offsets.slice(range.lowerBound..<range.upperBound + 1),
                    keys: maps.keys,
                    values: maps.values
                )
            )
        case .row(let fields): .row(fields.map { $0.slice(range) })
        }
    }
}

extension ListValues {
    fileprivate func gather(_ positions: FixedValues<Int32>) -> ListValues {
        let (offsets, elements) = Offsets.gather(offsets, positions)
        return ListValues(offsets: offsets, elements: self.elements.gather(elements))
    }
}

extension MapValues {
    fileprivate func gather(_ positions: FixedValues<Int32>) -> MapValues {
        let (offsets, entries) = Offsets.gather(offsets, positions)
        return MapValues(
            offsets: offsets,
            keys: keys.gather(entries),
            values: values.gather(entries)
        )
    }
}

/// Arithmetic on the offsets of nested columns.
enum Offsets {
    /// The offsets of the gathered rows and the positions of all their elements.
    static func gather(
        _ offsets: FixedValues<Int32>,
        _ positions: FixedValues<Int32>
    ) -> (offsets: FixedValues<Int32>, elements: FixedValues<Int32>) {
        var newOffsets = GrowingValues<Int32>(reserving: positions.count + 1)
        var elements = GrowingValues<Int32>(reserving: positions.count)
        newOffsets.append(0)
        for index in 0..<positions.count {
            let position = Int(positions[index])
            if position >= 0 {
                var element = offsets[position]
                while element < offsets[position + 1] {
                    elements.append(element)
                    element += 1
                }
            }
            newOffsets.append(Int32(elements.count))
        }
        return (newOffsets.finish(), elements.finish())
    }
}
