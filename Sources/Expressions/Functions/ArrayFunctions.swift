import Columnar

/// `ARRAY_…` functions; they compute value by value.
enum ArrayFunctions {
    static let entries: [FunctionEntry] =
        searches + changes + sets + orders + texts

    /// The common type of an array's elements and further values or arrays.
    private static func elementType(
        _ site: CallSite,
        values: [Int] = [],
        arrays: [Int] = [0]
    ) throws(BindError) -> DataType {
        var types: [DataType] = []
        for index in arrays {
            let kind = site.kind(index)
            guard kind.isArray || kind == .null else { throw site.invalidArguments("<ARRAY>") }
            if kind.isArray { types.append(site.type(index).elementType) }
        }
        for index in values { types.append(site.type(index)) }
        guard let type = CommonType.common(types) else {
            throw site.invalidArguments("<ARRAY>, <ARRAY ELEMENT>")
        }
        return type
    }

    /// An array and then values of its element type.
    private static func withElements(_ count: Int) -> OperandRule {
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard site.count == count + 1 else { throw site.wrongCount(count + 1) }
            let element = try elementType(site, values: Array(1...count))
            return [arrayOperand(site.type(0), element)]
                + (1...count).map { element.nullable(site.type($0).isNullable) }
        }
    }

    private static func arrayOperand(_ given: DataType, _ element: DataType) -> DataType {
        let own = given.elementType
        if own.kind == element.kind { return given }
        return DataType(
            .array(element.nullable(own.isNullable)),
            isNullable: given.isNullable
        )
    }

    /// Arrays of one element type.
    private static func arrays(_ range: ClosedRange<Int>) -> OperandRule {
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard range.contains(site.count) else { throw site.wrongCount(range.lowerBound) }
            let element = try elementType(site, arrays: Array(0..<site.count))
            return site.types.map { arrayOperand($0, element) }
        }
    }

    private static let ownType = ResultRule { site in
        site.type(0).nullable(site.isNullable)
    }

    /// The array's type with elements wide enough for all arguments.
    private static func widened(values: [Int]) -> ResultRule {
        ResultRule { (site: CallSite) throws(BindError) -> DataType in
            let element = try elementType(site, values: values)
            return DataType(.array(element), isNullable: site.isNullable)
        }
    }

    private static let common = ResultRule { (site: CallSite) throws(BindError) -> DataType in
        let element = try elementType(site, arrays: Array(0..<site.count))
        return DataType(.array(element), isNullable: site.isNullable)
    }

    /// A function of the values of its arguments, not called where the first is NULL.
    private static func rowwise(
        _ names: [String],
        _ operands: OperandRule,
        _ result: ResultRule,
        needsAll: Bool = true,
        _ body: @escaping @Sendable ([ScalarValue], DataType) -> ScalarValue
    ) -> FunctionEntry {
        .general(names, operands, result) { request in
            let type = request.result
            let elementType = request.type(0).elementType
            return { input in
                let columns = input.operands.map { $0.column(count: input.count) }
                let results = (0..<input.count).map { row -> ScalarValue in
                    let values = columns.map { $0.scalar(row) }
                    if values[0] == .null || (needsAll && values.contains(.null)) { return .null }
                    return body(values, elementType)
                }
                return .column(Column.fromScalars(results, type))
            }
        }
    }

    private static let searches: [FunctionEntry] = [
        rowwise(
            ["ARRAY_CONTAINS"],
            withElements(1),
            .type(.boolean, .argument(0)),
            needsAll: false
        ) { values, _ in .bool(values[0].children.contains(values[1])) },
        rowwise(["ARRAY_POSITION"], withElements(1), .integer) { values, _ in
            .int(Int64((values[0].children.firstIndex(of: values[1]) ?? -1) + 1))
        },
    ]

    private static let changes: [FunctionEntry] = [
        rowwise(["ARRAY_REMOVE"], withElements(1), ownType, needsAll: false) { values, _ in
            .list(values[0].children.filter { $0 != values[1] })
        },
        rowwise(["ARRAY_APPEND"], withElements(1), widened(values: [1]), needsAll: false) {
            values,
            _ in
            .list(values[0].children + [values[1]])
        },
        rowwise(["ARRAY_PREPEND"], withElements(1), widened(values: [1]), needsAll: false) {
            values,
            _ in
            .list([values[1]] + values[0].children)
        },
        rowwise(["ARRAY_REVERSE"], arrays(1...1), ownType) { values, _ in
            .list(values[0].children.reversed())
        },
        rowwise(["ARRAY_CONCAT"], arrays(1...Int.max), common) { values, _ in
            .list(values.flatMap(\.children))
        },
        rowwise(
            ["ARRAY_SLICE"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard (2...3).contains(site.count) else { throw site.wrongCount(2) }
                guard site.kind(0).isArray, site.types.dropFirst().allSatisfy({ $0.kind.isInteger })
                else { throw site.invalidArguments("<ARRAY>, <INTEGER>, <INTEGER>") }
                return [site.type(0)]
                    + site.types.dropFirst().map {
                        DataType(.integer, isNullable: $0.isNullable)
                    }
            },
            ownType
        ) { values, _ in
            let end = values.count > 2 ? Int(values[2].integer) : nil
            return .list(slice(values[0].children, Int(values[1].integer), end))
        },
    ]

    /// Positions count from 1, or from the end when negative; both ends belong to the slice.
    private static func slice(
        _ elements: [ScalarValue],
        _ start: Int,
        _ end: Int?
    ) -> [ScalarValue] {
        func position(_ index: Int) -> Int { index < 0 ? elements.count + index + 1 : index }
        let lower = max(1, position(start))
        let upper = min(elements.count, position(end ?? elements.count))
        return lower > upper ? [] : Array(elements[(lower - 1)..<upper])
    }

    private static let sets: [FunctionEntry] = [
        rowwise(["ARRAY_DISTINCT"], arrays(1...1), ownType) { values, _ in
            .list(distinct(values[0].children))
        },
        rowwise(["ARRAY_UNION"], arrays(2...2), common) { values, _ in
            .list(distinct(values[0].children + values[1].children))
        },
        rowwise(["ARRAY_INTERSECT"], arrays(2...2), common) { values, _ in
            let other = Set(values[1].children)
            return .list(distinct(values[0].children.filter { other.contains($0) }))
        },
        rowwise(["ARRAY_EXCEPT"], arrays(2...2), common) { values, _ in
            // Each element of the second array takes one equal element away.
            var counts: [ScalarValue: Int] = [:]
            for element in values[1].children { counts[element, default: 0] += 1 }
            return .list(distinct(values[0].children.filter { counts[$0] == nil }))
        },
    ]

    private static func distinct(_ elements: [ScalarValue]) -> [ScalarValue] {
        var seen: Set<ScalarValue> = []
        return elements.filter { seen.insert($0).inserted }
    }

    private static let elementResult = ResultRule { site in
        site.type(0).elementType.nullable()
    }

    private static let orders: [FunctionEntry] = [
        rowwise(["ARRAY_MAX"], arrays(1...1), elementResult) { values, _ in
            let present = values[0].children.filter { $0 != .null }
            return present.max { ScalarOrder.isLess($0, $1) } ?? .null
        },
        rowwise(["ARRAY_MIN"], arrays(1...1), elementResult) { values, _ in
            let present = values[0].children.filter { $0 != .null }
            return present.min { ScalarOrder.isLess($0, $1) } ?? .null
        },
        rowwise(
            ["ARRAY_SORT"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard (1...3).contains(site.count) else { throw site.wrongCount(1) }
                guard site.kind(0).isArray,
                    site.types.dropFirst().allSatisfy({ $0.kind == .boolean })
                else { throw site.invalidArguments("<ARRAY>, <BOOLEAN>, <BOOLEAN>") }
                return site.types
            },
            ownType
        ) { values, _ in
            let isAscending = values.count < 2 || values[1] == .bool(true)
            let nullsFirst = values.count < 3 ? isAscending : values[2] == .bool(true)
            let nulls = values[0].children.filter { $0 == .null }
            var rest = values[0].children.filter { $0 != .null }
            rest.sort { isAscending ? ScalarOrder.isLess($0, $1) : ScalarOrder.isLess($1, $0) }
            return .list(nullsFirst ? nulls + rest : rest + nulls)
        },
    ]

    private static let texts: [FunctionEntry] = [
        rowwise(
            ["ARRAY_JOIN"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard (2...3).contains(site.count) else { throw site.wrongCount(2) }
                guard site.type(0).elementType.kind.isCharacter,
                    site.types.dropFirst().allSatisfy({ $0.kind.isCharacter })
                else { throw site.invalidArguments("<ARRAY>, <STRING>, <STRING>") }
                return site.types
            },
            .string
        ) { values, _ in
            let replacement = values.count > 2 ? values[2] : .null
            var result: [UInt8] = []
            var isFirst = true
            for element in values[0].children {
                let shown = element == .null ? replacement : element
                if shown == .null { continue }
                if !isFirst { result += values[1].byteArray }
                result += shown.byteArray
                isFirst = false
            }
            return .bytes(result)
        },
        rowwise(["SPLIT"], .inferred([.text, .text]), splitResult) { values, _ in
            let text = values[0].byteArray
            let separator = values[1].byteArray
            if separator.isEmpty {
                let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
                return .list(scalars.map { .text(String($0)) })
            }
            return .list(Splitting.pieces(text, separator).map { .bytes($0) })
        },
    ]

    private static let splitResult = ResultRule { site in
        DataType(.array(.string), isNullable: site.isNullable)
    }
}

/// The order of values of one type.
enum ScalarOrder {
    static func isLess(_ left: ScalarValue, _ right: ScalarValue) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): !a && b
        case (.int(let a), .int(let b)): a < b
        case (.int128(let a), .int128(let b)): a < b
        case (.float(let a), .float(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
        default: false
        }
    }
}
