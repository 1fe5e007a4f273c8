import Columnar

/// Constructors and functions of ROW, ARRAY and MAP.
enum CollectionFunctions {
    static let entries: [FunctionEntry] =
        constructors + access + MapFunctions.entries + ArrayFunctions.entries

    private static let mixed = BindError("Parameters must be of the same type")

    private static let constructors: [FunctionEntry] = [
        .general(
            ["ROW"],
            OperandRule { $0.types },
            ResultRule { site in
                let fields = site.types.enumerated().map { RowField("EXPR$\($0)", $1) }
                return DataType(.row(fields), isNullable: false)
            }
        ) { request in
            let type = request.result
            return { input in
                let fields = zip(input.operands, type.rowFields).map { operand, field in
                    operand.column(count: input.count).retyped(field.type)
                }
                return .column(Column(type, fields: fields, count: input.count))
            }
        },
        .general(
            ["ARRAY"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count > 0 else { throw BindError("Require at least 1 argument") }
                let element = try elementType(site.types)
                return site.types.map { element.nullable($0.isNullable) }
            },
            ResultRule { (site: CallSite) throws(BindError) -> DataType in
                DataType(.array(try elementType(site.types)), isNullable: false)
            }
        ) { request in
            let type = request.result
            return { .column(CollectionKernels.array($0.operands, type, count: $0.count)) }
        },
        .general(
            ["MAP"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                let types = try entryTypes(site)
                return site.types.enumerated().map { index, given in
                    (index % 2 == 0 ? types.key : types.value).nullable(given.isNullable)
                }
            },
            ResultRule { (site: CallSite) throws(BindError) -> DataType in
                let types = try entryTypes(site)
                return DataType(.map(key: types.key, value: types.value), isNullable: false)
            }
        ) { request in
            let type = request.result
            return { .column(CollectionKernels.map($0.operands, type, count: $0.count)) }
        },
    ]

    private static func elementType(_ types: [DataType]) throws(BindError) -> DataType {
        if types.allSatisfy({ $0.kind == .null }) { return .null }
        guard let type = CommonType.leastRestrictive(types) else { throw mixed }
        return type
    }

    private static func entryTypes(
        _ site: CallSite
    ) throws(BindError) -> (key: DataType, value: DataType) {
        guard site.count > 0 else { throw BindError("Map requires at least 2 arguments") }
        guard site.count % 2 == 0 else {
            throw BindError("Map requires an even number of arguments")
        }
        let pairs = site.types.enumerated()
        let key = try elementType(pairs.filter { $0.offset % 2 == 0 }.map(\.element))
        let value = try elementType(pairs.filter { $0.offset % 2 == 1 }.map(\.element))
        return (key, value)
    }

    private static let access: [FunctionEntry] = [
        .general(["FIELD"], .signatures(.function, [.any, .int]), .argument(0)) { request in
            let type = request.result
            let index = Int(request.integer(1) ?? 0)
            return { input in
                let row = input.operands[0].column(count: input.count)
                if case .null = row.values { return .constant(.null, type) }
                let field = row.fieldColumns[index]
                guard let valid = row.validity else { return .column(field.retyped(type)) }
                if case .null = field.values { return .constant(.null, type) }
                let both = Bitmap.both(valid, field.validity)
                return .column(field.retyped(type).withValidity(both))
            }
        },
        .strict(["ITEM"], itemOperands, itemResult) { request in
            request.type(0).kind.isMap
                ? CollectionKernels.mapItem(request) : CollectionKernels.arrayItem(request)
        },
        .strict(
            ["CARDINALITY"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count == 1 else { throw site.wrongCount(1) }
                switch site.kind(0) {
                case .array, .map, .multiset: return site.types
                default: throw site.cannotApply([["MULTISET"], ["ARRAY"], ["MAP"]])
                }
            },
            .integer
        ) { request in
            let type = request.result
            return { input in
                let offsets = CollectionKernels.offsets(input.column(0))
                var sizes = FixedBuilder<Int32>(count: input.count)
                for row in 0..<input.count { sizes[row] = offsets[row + 1] - offsets[row] }
                return input.result(type, sizes.finish())
            }
        },
        .strict(
            ["ELEMENT"],
            .signatures(.function, [Parameter(.array)]),
            ResultRule { site in
                let element = site.type(0).elementType
                return element.nullable(element.isNullable || site.type(0).isNullable)
            },
            fails: .always
        ) { CollectionKernels.onlyElement($0) },
        .general(
            ["TYPEOF"],
            .signatures(.function, [.any], [.any, .boolean]),
            .optionalString
        ) { request in
            let text = TypeOfText.text(request.type(0))
            let type = request.result
            return { _ in .constant(.text(text), type) }
        },
    ]

    private static let itemOperands = OperandRule {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 2 else { throw site.wrongCount(2) }
        switch site.kind(0) {
        case .array:
            guard site.kind(1).isInteger else {
                throw site.cannotApply([["ARRAY", "INTEGER"], ["MAP", "ANY"]])
            }
            return [site.type(0), DataType(.integer, isNullable: site.type(1).isNullable)]
        case .map(let key, _):
            let given = site.type(1)
            if given.kind == key.kind { return site.types }
            guard given.kind.isCharacter == key.kind.isCharacter,
                CommonType.leastRestrictive([key, given]) != nil
            else { throw site.cannotApply([["ARRAY", "INTEGER"], ["MAP", "ANY"]]) }
            if given.kind.isCharacter { return site.types }
            return [site.type(0), key.nullable(given.isNullable)]
        default: throw site.cannotApply([["ARRAY", "INTEGER"], ["MAP", "ANY"]])
        }
    }

    private static let itemResult = ResultRule { site in
        if case .map(_, let value) = site.kind(0) { return value.nullable() }
        return site.type(0).elementType.nullable()
    }
}
