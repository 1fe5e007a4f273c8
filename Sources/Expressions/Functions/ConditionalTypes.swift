import Columnar

/// The types of CASE, IF, COALESCE and their kin.
enum ConditionalTypes {
    private static let illegalMixing = BindError(
        "Illegal mixing of types in CASE or COALESCE statement"
    )

    /// The positions of the values of CASE: every second argument and the last.
    private static func values(_ site: CallSite) -> [DataType] {
        site.types.enumerated().filter { $0.offset % 2 == 1 || $0.offset == site.count - 1 }
            .map(\.element)
    }

    private static func caseType(_ site: CallSite) throws(BindError) -> DataType {
        let types = values(site)
        if types.allSatisfy({ $0.kind == .null }) {
            throw BindError("ELSE clause or at least one THEN clause must be non-NULL")
        }
        guard let type = CommonType.leastRestrictive(types) else { throw illegalMixing }
        return type
    }

    static let caseOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count >= 3, site.count % 2 == 1 else { throw site.wrongCount(3) }
        let type = try caseType(site)
        for index in stride(from: 0, to: site.count - 1, by: 2) {
            guard site.kind(index) == .boolean || site.kind(index) == .null else {
                throw BindError("Expected a boolean type")
            }
        }
        return site.types.enumerated().map { index, given in
            // As in Calcite, a value that is converted may be NULL where the whole CASE may be.
            index % 2 == 1 || index == site.count - 1
                ? type : DataType(.boolean, isNullable: given.isNullable)
        }
    }

    static let caseResult = ResultRule { (site: CallSite) throws(BindError) -> DataType in
        try caseType(site)
    }

    private static let ifForms: [[TypeFamily]] = [
        [.numeric, .numeric], [.string, .string], [.boolean, .boolean], [.character, .character],
        [.binary, .binary], [.date, .date], [.timestamp, .timestamp], [.time, .time],
    ]

    private static func ifType(_ site: CallSite) throws(BindError) -> DataType {
        let types = Array(site.types.dropFirst())
        if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
        let fits = ifForms.contains { form in
            form[0].contains(types[0].kind) && form[1].contains(types[1].kind)
        }
        guard site.kind(0) == .boolean, fits, let type = CommonType.leastRestrictive(types) else {
            var forms = ifForms.map { ["BOOLEAN"] + $0.map(\.rawValue) }
            forms[0] = ["ANY_TYPE", "NUMERIC_TYPE", "NUMERIC_TYPE"]
            throw site.cannotApply(forms)
        }
        return type
    }

    static let ifOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 3 else { throw site.wrongCount(3) }
        let type = try ifType(site)
        return [
            site.type(0), type.nullable(site.type(1).isNullable),
            type.nullable(site.type(2).isNullable),
        ]
    }

    static let ifResult = ResultRule { (site: CallSite) throws(BindError) -> DataType in
        try ifType(site).nullable(site.isNullable)
    }

    private static func coalesceType(_ site: CallSite) throws(BindError) -> DataType {
        if site.arguments.allSatisfy(\.isNullLiteral) {
            throw site.invalidArguments("<COMMON>...")
        }
        guard let type = CommonType.common(site.types) else {
            throw site.invalidArguments("<COMMON>...")
        }
        return type.nullable(site.types.allSatisfy(\.isNullable))
    }

    private static func commonOperands(_ site: CallSite) throws(BindError) -> [DataType] {
        let type = try coalesceType(site)
        return site.types.map { type.nullable($0.isNullable) }
    }

    static let coalesceOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count >= 1 else { throw site.wrongCount(1) }
        return try commonOperands(site)
    }

    static let ifNullOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 2 else { throw site.wrongCount(2) }
        return try commonOperands(site)
    }

    static let coalesceResult = ResultRule { (site: CallSite) throws(BindError) -> DataType in
        try coalesceType(site)
    }

    static let nullIfOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 2 else { throw site.wrongCount(2) }
        return site.types
    }

    private static func extremeType(_ site: CallSite) throws(BindError) -> DataType {
        guard let type = CommonType.common(site.types),
            type.kind.isNumeric || type.kind.isCharacter || type.kind.isDatetime
                || type.kind == .boolean
        else { throw site.invalidArguments("<COMPARABLE>...") }
        return type.nullable(site.isNullable)
    }

    static let extremeOperands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count >= 1 else { throw site.wrongCount(1) }
        let type = try extremeType(site)
        return site.types.map { type.nullable($0.isNullable) }
    }

    static let extremeResult = ResultRule { (site: CallSite) throws(BindError) -> DataType in
        try extremeType(site)
    }
}
