import Columnar

/// A call while it is being bound: the name as Flink's messages write it, and the arguments.
struct CallSite {
    let arguments: [BoundArgument]
    let form: CallForm
    /// The name in the catalogue.
    private let function: String

    init(name: String, arguments: [BoundArgument], form: CallForm) {
        function = name
        self.arguments = arguments
        self.form = form
    }

    /// The function as it is written: signs have names only in the catalogue.
    var name: String {
        switch function {
        case "NEGATE": "-"
        case "POSITIVE": "+"
        default: function
        }
    }

    var types: [DataType] { arguments.map(\.type) }

    func type(_ index: Int) -> DataType { arguments[index].type }

    func kind(_ index: Int) -> TypeKind { arguments[index].type.kind }

    var count: Int { arguments.count }

    /// Whether any argument may be NULL.
    var isNullable: Bool { arguments.contains { $0.type.isNullable } }

    /// `Cannot apply '+' to arguments of type …`, with one supported form a line.
    func cannotApply(_ forms: [[String]]) -> BindError {
        let given = form.text(name, arguments.map { CalciteTypeText.argument($0.type) })
        let supported = forms.map { "'\(form.text(name, $0.map { "<\($0)>" }))'" }
        return BindError(
            "Cannot apply '\(name)' to arguments of type '\(given)'. "
                + "Supported form(s): \(supported.joined(separator: "\n"))"
        )
    }

    /// The message of functions that check their arguments by Flink's own type inference.
    func invalidArguments(_ expected: String) -> BindError {
        BindError("Invalid input arguments. Expected signatures are:\n\(name)(\(expected))")
    }

    func wrongCount(_ expected: Int) -> BindError {
        BindError(
            "Invalid number of arguments to function '\(name)'. "
                + "Was expecting \(expected) arguments"
        )
    }

    static let illegalNull = BindError("Illegal use of 'NULL'")
}

/// How a call is written.
enum CallForm: Sendable {
    case function
    case infix
    case prefix
    case postfix

    func text(_ name: String, _ arguments: [String]) -> String {
        switch self {
        case .function: "\(name)(\(arguments.joined(separator: ", ")))"
        case .infix: arguments.joined(separator: " \(name) ")
        case .prefix: "\(name)\(arguments.joined(separator: ", "))"
        case .postfix: "\(arguments.joined(separator: ", ")) \(name)"
        }
    }
}
