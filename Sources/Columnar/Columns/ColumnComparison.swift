/// Compares rows of one column that are not NULL, by the order of SQL.
///
/// Text and bytes compare byte by byte, FALSE stands before TRUE, NaN behind all numbers; nested
/// values have no order and compare as equal.
package struct ColumnComparison {
    private let values: ColumnValues

    package init(_ column: Column) {
        values = column.values
    }

    /// Negative, zero or positive as the first row's value is less, equal or greater.
    package func compare(_ left: Int, _ right: Int) -> Int {
        switch values {
        case .bits(let bits): order(bits[left] ? 1 : 0, bits[right] ? 1 : 0)
        case .int8(let values): order(values[left], values[right])
        case .int16(let values): order(values[left], values[right])
        case .int32(let values): order(values[left], values[right])
        case .int64(let values): order(values[left], values[right])
        case .int128(let values): order(values[left], values[right])
        case .float(let values): floating(values[left], values[right])
        case .double(let values): floating(values[left], values[right])
        case .bytes(let values): bytes(values[left], values[right])
        case .null, .list, .map, .row: 0
        }
    }

    private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    private func floating<Value: BinaryFloatingPoint>(_ left: Value, _ right: Value) -> Int {
        if left.isNaN || right.isNaN {
            return order(left.isNaN ? 1 : 0, right.isNaN ? 1 : 0)
        }
        return order(left, right)
    }

    private func bytes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        let common = min(left.count, right.count)
        for index in 0..<common where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return order(left.count, right.count)
    }
}
