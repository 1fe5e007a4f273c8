import Columnar

/// `MAP_…` functions, and maps and choices from texts.
enum MapFunctions {
    static let entries: [FunctionEntry] = parts + makers + [elt]

    private static let mapOnly = OperandRule {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 1 else { throw site.wrongCount(1) }
        guard site.kind(0).isMap else { throw site.invalidArguments("<MAP>") }
        return site.types
    }

    private static func partResult(
        _ element: @escaping @Sendable (DataType, DataType) -> DataType
    ) -> ResultRule {
        ResultRule { site in
            let types = site.type(0).mapTypes
            return DataType(
                .array(element(types.key, types.value)),
                isNullable: site.isNullable
            )
        }
    }

    private static let parts: [FunctionEntry] = [
        .strict(["MAP_KEYS"], mapOnly, partResult { key, _ in key }) { request in
            let type = request.result
            return { input in
                let maps = input.column(0).maps
                let lists = ListValues(offsets: maps.offsets, elements: maps.keys)
                return Column(type, lists, validity: input.validity)
            }
        },
        .strict(["MAP_VALUES"], mapOnly, partResult { _, value in value }) { request in
            let type = request.result
            return { input in
                let maps = input.column(0).maps
                let lists = ListValues(offsets: maps.offsets, elements: maps.values)
                return Column(type, lists, validity: input.validity)
            }
        },
        .strict(["MAP_ENTRIES"], mapOnly, partResult { entryType($0, $1) }) { request in
            let type = request.result
            return { input in
                let maps = input.column(0).maps
                let entries = Column(
                    type.elementType,
                    fields: [maps.keys, maps.values],
                    count: maps.keys.count
                )
                let lists = ListValues(offsets: maps.offsets, elements: entries)
                return Column(type, lists, validity: input.validity)
            }
        },
    ]

    private static func entryType(_ key: DataType, _ value: DataType) -> DataType {
        .row([RowField("key", key), RowField("value", value)])
    }

    private static let makers: [FunctionEntry] = [
        .strict(
            ["MAP_FROM_ARRAYS"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count == 2 else { throw site.wrongCount(2) }
                guard site.kind(0).isArray, site.kind(1).isArray else {
                    throw site.invalidArguments("<ARRAY>, <ARRAY>")
                }
                return site.types
            },
            ResultRule { site in
                DataType(
                    .map(key: site.type(0).elementType, value: site.type(1).elementType),
                    isNullable: site.isNullable
                )
            },
            fails: .always
        ) { request in
            perRow(request) { (values) throws(RowFailure) in
                let keys = values[0].children
                guard keys.count == values[1].children.count else {
                    throw RowFailure(
                        "Invalid function MAP_FROM_ARRAYS call: The length of the keys array "
                            + "\(keys.count) is not equal to the length of the values array "
                            + "\(values[1].children.count)"
                    )
                }
                return merged(Array(zip(keys, values[1].children)))
            }
        },
        .strict(
            ["MAP_UNION"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count >= 1 else { throw site.wrongCount(1) }
                guard site.types.allSatisfy({ $0.kind.isMap }),
                    let type = CommonType.common(site.types)
                else { throw site.invalidArguments("<MAP>...") }
                return site.types.map { type.nullable($0.isNullable) }
            },
            ResultRule { site in
                (CommonType.common(site.types) ?? site.type(0)).nullable(site.isNullable)
            }
        ) { request in
            perRow(request) { values in
                merged(values.flatMap { pairs($0) })
            }
        },
        .strict(
            ["STR_TO_MAP"],
            .signatures(.function, [.text], [.text, .text, .text]),
            .type(.map(key: .string, value: .string))
        ) { request in
            let splitter = PatternSplitter()
            return perRow(request) { values in
                let pairMark = values.count > 1 ? values[1].byteArray : Array(",".utf8)
                let valueMark = values.count > 1 ? values[2].byteArray : Array("=".utf8)
                let text = values[0].byteArray
                if text.isEmpty { return .map([]) }
                return merged(
                    splitter.split(text, pairMark, limit: 0).map { pair in
                        let parts = splitter.split(pair, valueMark, limit: 2)
                        return parts.count < 2
                            ? (.bytes(pair), .null) : (.bytes(parts[0]), .bytes(parts[1]))
                    }
                )
            }
        },
    ]

    private static func pairs(_ map: ScalarValue) -> [(ScalarValue, ScalarValue)] {
        let entries = map.children
        return stride(from: 0, to: entries.count - 1, by: 2).map { (entries[$0], entries[$0 + 1]) }
    }

    /// A map in which the last of equal keys counts, at the place of the first.
    private static func merged(_ pairs: [(ScalarValue, ScalarValue)]) -> ScalarValue {
        var positions: [ScalarValue: Int] = [:]
        var entries: [ScalarValue] = []
        for (key, value) in pairs {
            if let position = positions[key] {
                entries[position + 1] = value
            } else {
                positions[key] = entries.count
                entries += [key, value]
            }
        }
        return .map(entries)
    }

    private static func perRow(
        _ request: KernelRequest,
        _ body: @escaping ([ScalarValue]) throws(RowFailure) -> ScalarValue
    ) -> StrictKernel {
        let type = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            let columns = (0..<input.operands.count).map { input.column($0) }
            var results: [ScalarValue] = []
            for row in 0..<input.count {
                guard input.isValid(row) else {
                    results.append(.null)
                    continue
                }
                results.append(try body(columns.map { $0.scalar(row) }))
            }
            return Column.fromScalars(results, type)
        }
    }

    /// `ELT(n, a, b, …)`: the n-th of the others; NULL when there is none.
    private static let elt: FunctionEntry = .general(
        ["ELT"],
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard site.count >= 2 else { throw site.wrongCount(2) }
            guard site.kind(0).isInteger,
                let type = CommonType.common(Array(site.types.dropFirst())),
                type.kind.isCharacter || type.kind.isBinary
            else { throw site.invalidArguments("<INTEGER>, <STRING>...") }
            return [DataType(.bigint, isNullable: site.type(0).isNullable)]
                + site.types.dropFirst().map { type.nullable($0.isNullable) }
        },
        ResultRule { site in
            (CommonType.common(Array(site.types.dropFirst())) ?? .string).nullable()
        }
    ) { request in
        let type = request.result
        return { input in
            let columns = input.operands.map { $0.column(count: input.count) }
            var builder = BytesBuilder(reserving: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                let index = columns[0].isNull(row) ? 0 : columns[0].int64s[row]
                var isValid = index >= 1 && index < Int64(columns.count)
                if isValid { isValid = !columns[Int(index)].isNull(row) }
                if isValid { builder.write(columns[Int(index)].byteStrings[row]) }
                builder.endValue()
                validity.append(isValid)
            }
            let valid = validity.finish().orNilIfAllOnes
            return .column(Column(type, builder.finish(), validity: valid))
        }
    }
}
