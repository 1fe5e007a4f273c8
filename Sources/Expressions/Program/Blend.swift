import Columnar

/// Puts a column together from rows of several branches.
enum Blend {
    /// A branch that no row takes.
    static let nothing = Operand.constant(.null, .null)

    /// Row *i* of the result is row *i* of `branches[selector[i]]`.
    static func blend(
        _ branches: [Operand],
        _ selector: FixedValues<UInt16>,
        _ type: DataType
    ) -> Column {
        let validity = validity(branches, selector)
        switch type.layout {
        case .null: return .nulls(type, count: selector.count)
        case .bits: return bits(branches, selector, type, validity)
        case .int8: return fixed(branches, selector, type, validity, Int8.self)
        case .int16: return fixed(branches, selector, type, validity, Int16.self)
        case .int32: return fixed(branches, selector, type, validity, Int32.self)
        case .int64: return fixed(branches, selector, type, validity, Int64.self)
        case .int128: return fixed(branches, selector, type, validity, Int128.self)
        case .float: return fixed(branches, selector, type, validity, Float.self)
        case .double: return fixed(branches, selector, type, validity, Double.self)
        case .bytes, .list, .map, .row: return gathered(branches, selector, type)
        }
    }

    private static func validity(
        _ branches: [Operand],
        _ selector: FixedValues<UInt16>
    ) -> Bitmap? {
        guard branches.contains(where: { $0.isAllNull || $0.validity != nil }) else { return nil }
        var result = Bitmap(repeating: false, count: selector.count)
        for (branch, operand) in branches.enumerated() where !operand.isAllNull {
            let rows = mask(selector, UInt16(branch))
            result = result.or(operand.validity.map { rows.and($0) } ?? rows)
        }
        return result
    }

    /// The rows of one branch.
    private static func mask(_ selector: FixedValues<UInt16>, _ branch: UInt16) -> Bitmap {
        let span = selector.span
        return Bitmap.make(count: selector.count) { span[$0] == branch }
    }

    private static func fixed<Element: FixedLayout>(
        _ branches: [Operand],
        _ selector: FixedValues<UInt16>,
        _ type: DataType,
        _ validity: Bitmap?,
        _: Element.Type
    ) -> Column {
        let count = selector.count
        let selector = selector.span
        var result = FixedBuilder<Element>(count: count)
        result.fill(with: Element.zero)
        for (branch, operand) in branches.enumerated() where !operand.isAllNull {
            let wanted = UInt16(branch)
            var output = result.span
            switch FixedOperand<Element>(operand) {
            case .values(let values):
                let values = values.span
                precondition(values.count == count && output.count == count, "unequal lengths")
                for row in 0..<count {
                    output[row] = selector[row] == wanted ? values[row] : output[row]
                }
            case .constant(let value):
                for row in 0..<count {
                    output[row] = selector[row] == wanted ? value : output[row]
                }
            }
        }
        return Element.column(type, result.finish(), validity: validity)
    }

    private static func bits(
        _ branches: [Operand],
        _ selector: FixedValues<UInt16>,
        _ type: DataType,
        _ validity: Bitmap?
    ) -> Column {
        let count = selector.count
        var result = Bitmap(repeating: false, count: count)
        for (branch, operand) in branches.enumerated() where !operand.isAllNull {
            let rows = mask(selector, UInt16(branch))
            result = result.or(rows.and(operand.column(count: count).bits))
        }
        return Column(type, result, validity: validity)
    }

    /// Texts and nested values: all branches one after the other, then the wanted rows of that.
    private static func gathered(
        _ branches: [Operand],
        _ selector: FixedValues<UInt16>,
        _ type: DataType
    ) -> Column {
        var pieces: [Column] = []
        var starts: [(start: Int32, isConstant: Bool)] = []
        var total: Int32 = 0
        for operand in branches {
            let piece =
                switch operand {
                case .column(let column): column.retyped(type)
                case .constant(let value, _): Column.fromScalars([value], type)
                }
            starts.append((total, operand.isConstant))
            pieces.append(piece)
            total += Int32(piece.count)
        }
        let all = Column.concatenate(pieces, type: type)
        let selector = selector.span
        var positions = FixedBuilder<Int32>(count: selector.count)
        for row in selector.indices {
            let source = starts[Int(selector[row])]
            positions[row] = source.isConstant ? source.start : source.start + Int32(row)
        }
        return all.gather(positions.finish()).retyped(type)
    }
}
