import Columnar

/// Making and reading arrays and maps.
enum CollectionKernels {
    static func offsets(_ column: Column) -> FixedValues<Int32> {
        column.type.layout == .map ? column.maps.offsets : column.lists.offsets
    }

    /// Offsets of `count` values with the same number of elements each.
    private static func evenOffsets(_ count: Int, _ size: Int) -> FixedValues<Int32> {
        var offsets = FixedBuilder<Int32>(count: count + 1)
        for row in 0...count { offsets[row] = Int32(row * size) }
        return offsets.finish()
    }

    /// The operands of each row side by side: `a0 b0 a1 b1 …`.
    private static func interleaved(
        _ operands: [Operand],
        _ type: DataType,
        count: Int
    ) -> Column {
        let columns = operands.map { $0.column(count: count).retyped(type) }
        let all = Column.concatenate(columns, type: type)
        var positions = FixedBuilder<Int32>(count: count * columns.count)
        for row in 0..<count {
            for index in columns.indices {
                positions[row * columns.count + index] = Int32(index * count + row)
            }
        }
        return all.gather(positions.finish()).retyped(type)
    }

    static func array(_ operands: [Operand], _ type: DataType, count: Int) -> Column {
        let elements = interleaved(operands, type.elementType, count: count)
        let lists = ListValues(offsets: evenOffsets(count, operands.count), elements: elements)
        return Column(type, lists)
    }

    /// A map of keys and values in turn; of equal keys the last one counts.
    static func map(_ operands: [Operand], _ type: DataType, count: Int) -> Column {
        let types = type.mapTypes
        let pairs = operands.enumerated()
        let keys = interleaved(
            pairs.filter { $0.offset % 2 == 0 }.map(\.element),
            types.key,
            count: count
        )
        let values = interleaved(
            pairs.filter { $0.offset % 2 == 1 }.map(\.element),
            types.value,
            count: count
        )
        let size = operands.count / 2
        var offsets = GrowingValues<Int32>(reserving: count + 1)
        var kept = GrowingValues<Int32>(reserving: count * size)
        offsets.append(0)
        for row in 0..<count {
            var seen: [ScalarValue: Int] = [:]
            for index in 0..<size { seen[keys.scalar(row * size + index)] = index }
            for index in 0..<size where seen[keys.scalar(row * size + index)] == index {
                kept.append(Int32(row * size + index))
            }
            offsets.append(Int32(kept.count))
        }
        let positions = kept.finish()
        let result = MapValues(
            offsets: offsets.finish(),
            keys: keys.gather(positions).retyped(types.key),
            values: values.gather(positions).retyped(types.value)
        )
        return Column(type, result)
    }

    /// `a[i]`: counted from 1; NULL outside the array.
    static func arrayItem(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return { input in
            let lists = input.column(0).lists
            let index = FixedOperand<Int32>(input.operands[1])
            var positions = FixedBuilder<Int32>(count: input.count)
            for row in 0..<input.count {
                let first = lists.offsets[row]
                let place = first &+ index.value(row) &- 1
                let isInside = place >= first && place < lists.offsets[row + 1]
                positions[row] = isInside && input.isValid(row) ? place : -1
            }
            return lists.elements.gather(positions.finish()).retyped(type)
        }
    }

    /// `m[k]`: NULL where the map lacks the key.
    static func mapItem(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return { input in
            let maps = input.column(0).maps
            var positions = FixedBuilder<Int32>(count: input.count)
            let wanted = input.operands[1]
            for row in 0..<input.count {
                positions[row] = -1
                guard input.isValid(row) else { continue }
                let key: ScalarValue =
                    switch wanted {
                    case .constant(let value, _): value
                    case .column(let column): column.scalar(row)
                    }
                var entry = maps.offsets[row]
                while entry < maps.offsets[row + 1] {
                    if maps.keys.scalar(Int(entry)) == key { positions[row] = entry }
                    entry += 1
                }
            }
            return maps.values.gather(positions.finish()).retyped(type)
        }
    }

    /// `ELEMENT(a)`: the element of an array of one; NULL for an empty array.
    static func onlyElement(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            let lists = input.column(0).lists
            var positions = FixedBuilder<Int32>(count: input.count)
            for row in 0..<input.count {
                positions[row] = -1
                guard input.isValid(row) else { continue }
                let size = lists.offsets[row + 1] - lists.offsets[row]
                guard size <= 1 else { throw RowFailure("Array has more than one element.") }
                if size == 1 { positions[row] = lists.offsets[row] }
            }
            return lists.elements.gather(positions.finish()).retyped(type)
        }
    }
}
