/// How the rows of a column lie on the wire.
private enum ColumnForm {
    static let values: UInt8 = 0
    static let validityAndValues: UInt8 = 1
    static let nulls: UInt8 = 2
}

extension Column {
    func write(to output: inout WireOutput) {
        if case .null = values {
            output.append(ColumnForm.nulls)
            return
        }
        if let validity {
            output.append(ColumnForm.validityAndValues)
            output.append(validity)
        } else {
            output.append(ColumnForm.values)
        }
        switch values {
        case .null: break
        case .bits(let bits): output.append(bits)
        case .int8(let values): output.append(values)
        case .int16(let values): output.append(values)
        case .int32(let values): output.append(values)
        case .int64(let values): output.append(values)
        case .int128(let values): output.append(values)
        case .float(let values): output.append(values)
        case .double(let values): output.append(values)
        case .bytes(let values):
            output.append(endsOf: values.offsets)
            output.append(contentsOf: values)
        case .list(let lists):
            output.append(endsOf: lists.offsets)
            lists.elements.slice(Offsets.range(lists.offsets)).write(to: &output)
        case .map(let maps):
            output.append(endsOf: maps.offsets)
            let range = Offsets.range(maps.offsets)
            maps.keys.slice(range).write(to: &output)
            maps.values.slice(range).write(to: &output)
        case .row(let fields):
            for field in fields { field.write(to: &output) }
        }
    }

    static func read(
        _ input: inout WireInput,
        _ type: DataType,
        _ count: Int
    ) throws(WireError) -> Column {
        let place = input.position
        let form: UInt8 = try input.integer("the form of a column")
        if form == ColumnForm.nulls {
            try checkByteFree(count, place)
            return .nulls(type, count: count)
        }
        guard form <= ColumnForm.validityAndValues else {
            throw WireError("The column at byte \(place) has the unknown form \(form).")
        }
        let validity =
            form == ColumnForm.validityAndValues ? try input.bits(count, "a validity") : nil
        let values = try ColumnValues.read(&input, type, count)
        return Column(type: type, validity: validity, values: values, count: count)
    }

    fileprivate static func checkByteFree(_ count: Int, _ place: Int) throws(WireError) {
        guard count <= WireLimits.byteFreeRowsMax else {
            throw WireError(
                "The column at byte \(place) has \(count) rows without bytes; at most "
                    + "\(WireLimits.byteFreeRowsMax) are allowed."
            )
        }
    }
}

extension ColumnValues {
    fileprivate static func read(
        _ input: inout WireInput,
        _ type: DataType,
        _ count: Int
    ) throws(WireError) -> ColumnValues {
        switch type.layout {
        case .null:
            throw WireError("The column before byte \(input.position) has values, but type NULL.")
        case .bits: return .bits(try input.bits(count, "a BOOLEAN column"))
        case .int8: return .int8(try input.values(count))
        case .int16: return .int16(try input.values(count))
        case .int32: return .int32(try input.values(count))
        case .int64: return .int64(try input.values(count))
        case .int128: return .int128(try input.values(count))
        case .float: return .float(try input.values(count))
        case .double: return .double(try input.values(count))
        case .bytes:
            let offsets = try input.offsets(count)
            return .bytes(
                BytesValues(offsets: offsets, bytes: try input.values(Int(offsets[count])))
            )
        case .list:
            let offsets = try input.offsets(count)
            let elements = try Column.read(&input, type.elementType, Int(offsets[count]))
            return .list(ListValues(offsets: offsets, elements: elements))
        case .map:
            let offsets = try input.offsets(count)
            let types = type.mapTypes
            let keys = try Column.read(&input, types.key, Int(offsets[count]))
            let values = try Column.read(&input, types.value, Int(offsets[count]))
            return .map(MapValues(offsets: offsets, keys: keys, values: values))
        case .row:
            if type.rowFields.isEmpty { try Column.checkByteFree(count, input.position) }
            var fields: [Column] = []
            for field in type.rowFields {
                fields.append(try Column.read(&input, field.type, count))
            }
            return .row(fields)
        }
    }
}
