import Columnar

/// Checks the arguments of a call and says to which types they are converted.
struct OperandRule: Sendable {
    let form: CallForm
    let resolve: @Sendable (CallSite) throws(BindError) -> [DataType]

    init(
        _ form: CallForm = .function,
        _ resolve: @escaping @Sendable (CallSite) throws(BindError) -> [DataType]
    ) {
        self.form = form
        self.resolve = resolve
    }
}

/// A parameter of a function: what it accepts and what it is converted to.
struct Parameter: Sendable {
    let family: TypeFamily
    /// The type that the kernel takes; nil for any of the family.
    let taken: TypeKind?

    init(_ family: TypeFamily, as taken: TypeKind? = nil) {
        self.family = family
        self.taken = taken
    }

    static let any = Parameter(.any)
    static let boolean = Parameter(.boolean)
    static let numeric = Parameter(.numeric)
    static let text = Parameter(.character)
    static let string = Parameter(.string)
    static let binary = Parameter(.binary)
    /// Any whole number, as INT.
    static let int = Parameter(.integer, as: .integer)
    /// Any whole number, as BIGINT.
    static let long = Parameter(.integer, as: .bigint)
    /// Any number, as DOUBLE.
    static let real = Parameter(.numeric, as: .double)
    static let timestamp = Parameter(.timestamp)
    static let datetime = Parameter(.datetime)

    /// The type that an argument of the given type is converted to.
    func converted(_ type: DataType) -> DataType {
        guard let taken else { return type }
        return DataType(taken, isNullable: type.isNullable)
    }
}

extension OperandRule {
    /// Fixed parameter lists, checked as Calcite checks families.
    static func signatures(_ form: CallForm = .function, _ lists: [Parameter]...) -> OperandRule {
        OperandRule(form) { (site: CallSite) throws(BindError) -> [DataType] in
            try check(site, lists)
        }
    }

    /// At least `minimum` arguments of one kind.
    static func repeated(_ parameter: Parameter, minimum: Int) -> OperandRule {
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard site.count >= minimum else { throw site.wrongCount(minimum) }
            return try check(site, [Array(repeating: parameter, count: site.count)])
        }
    }

    /// Parameters of functions with Flink's own inference, where NULL is welcome.
    ///
    /// - `required`: how many parameters must be given.
    static func inferred(_ parameters: [Parameter], required: Int? = nil) -> OperandRule {
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            let least = required ?? parameters.count
            let expected = parameters.map { "<\($0.family.rawValue)>" }.joined(separator: ", ")
            guard site.count >= least, site.count <= parameters.count else {
                throw site.wrongCount(least)
            }
            var types: [DataType] = []
            for (argument, parameter) in zip(site.arguments, parameters) {
                if argument.isNullLiteral {
                    types.append(DataType(parameter.taken ?? parameter.family.defaultKind))
                } else {
                    guard parameter.family.contains(argument.type.kind) else {
                        throw site.invalidArguments(expected)
                    }
                    types.append(parameter.converted(argument.type))
                }
            }
            return types
        }
    }

    /// No arguments.
    static let none = signatures(.function, [])

    private static func check(
        _ site: CallSite,
        _ lists: [[Parameter]]
    ) throws(BindError) -> [DataType] {
        let fitting = lists.filter { $0.count == site.count }
        if fitting.isEmpty {
            throw site.wrongCount(lists.map(\.count).min() ?? 0)
        }
        for list in fitting {
            let accepts = zip(list, site.arguments).allSatisfy { parameter, argument in
                parameter.family == .any
                    || (!argument.isNullLiteral && parameter.family.contains(argument.type.kind))
            }
            if accepts {
                return zip(list, site.arguments).map { $0.converted($1.type) }
            }
        }
        if site.arguments.contains(where: \.isNullLiteral) { throw CallSite.illegalNull }
        throw site.cannotApply(lists.map { $0.map(\.family.rawValue) })
    }
}

extension TypeFamily {
    /// The type that stands for an untyped NULL.
    fileprivate var defaultKind: TypeKind {
        switch self {
        case .boolean: .boolean
        case .numeric, .integer: .integer
        case .binary: .bytes
        case .date: .date
        case .time: .time(precision: 0)
        case .timestamp, .datetime: .timestamp(precision: 3)
        case .any: .null
        default: .string
        }
    }
}
