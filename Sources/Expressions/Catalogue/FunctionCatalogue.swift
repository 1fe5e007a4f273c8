package import Columnar
import Core

/// The functions and operators that SQL can call; a table with one entry for each.
package struct FunctionCatalogue: Sendable {
    private let entries: [String: FunctionEntry]

    /// All built-in functions.
    package static let standard = FunctionCatalogue(
        ArithmeticFunctions.entries + ComparisonFunctions.entries + LogicFunctions.entries
            + ConditionalFunctions.entries + TimeFunctions.entries + StringFunctions.entries
            + EncodingFunctions.entries + RegexFunctions.entries + CollectionFunctions.entries
    )

    private init(_ list: [FunctionEntry]) {
        var entries: [String: FunctionEntry] = [:]
        for entry in list {
            for name in entry.names {
                precondition(entries[name] == nil, "two functions are called \(name)")
                entries[name] = entry
            }
        }
        self.entries = entries
    }

    func entry(_ name: String) -> FunctionEntry? { entries[name] }

    /// Whether there is a function of that name, in any case.
    package func contains(_ name: String) -> Bool { entries[name.uppercased()] != nil }

    /// The names of all functions, without operators; sorted.
    package var functionNames: [String] {
        entries.filter { $0.key.first?.isLetter ?? false && !$0.key.contains(" ") }.keys.sorted()
    }

    /// The types that the arguments of a call are converted to, and the type of its value.
    package func bind(
        _ name: String,
        _ arguments: [BoundArgument]
    ) throws(BindError) -> (arguments: [DataType], result: DataType) {
        let (site, entry) = try site(name, arguments)
        let types = try entry.operands.resolve(site)
        return (types, try entry.result.infer(site))
    }

    /// A call with its arguments converted; the result may be another expression.
    package func call(
        _ name: String,
        _ arguments: [Expression]
    ) throws(BindError) -> Expression {
        let (site, entry) = try site(name, arguments.map { BoundArgument($0) })
        let types = try entry.operands.resolve(site)
        let result = try entry.result.infer(site)
        let converted = zip(arguments, types).map { $0.converted(to: $1) }
        if case .rewrite(let rewrite) = entry.body { return try rewrite(converted, result) }
        return .call(function: entry.name, arguments: converted, type: result)
    }

    private func site(
        _ name: String,
        _ arguments: [BoundArgument]
    ) throws(BindError) -> (CallSite, FunctionEntry) {
        let upper = name.uppercased()
        guard let entry = entries[upper] else { throw unknown(upper, arguments) }
        let site = CallSite(name: upper, arguments: arguments, form: entry.operands.form)
        return (site, entry)
    }

    private func unknown(_ name: String, _ arguments: [BoundArgument]) -> BindError {
        let families = arguments.map { "<\(CalciteTypeText.family($0.type.kind))>" }
        return BindError(
            "No match found for function signature \(name)(\(families.joined(separator: ", ")))",
            hint: NearestName.hint(name, in: functionNames)
        )
    }
}

extension Expression {
    /// The expression converted to a type of another kind; nullability alone converts nothing.
    package func converted(to target: DataType) -> Expression {
        if type.kind == target.kind || target.kind == .null { return self }
        if case .literal(.null, _) = self { return .literal(.null, target.nullable()) }
        return .cast(self, to: target, mode: .strict)
    }

    /// The expression converted to another kind, keeping its nullability.
    package func converted(to kind: TypeKind) -> Expression {
        converted(to: DataType(kind, isNullable: type.isNullable))
    }
}
