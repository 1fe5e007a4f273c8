import Columnar

/// Infers the type of a call from its arguments, as written, before they are converted.
struct ResultRule: Sendable {
    let infer: @Sendable (CallSite) throws(BindError) -> DataType

    init(_ infer: @escaping @Sendable (CallSite) throws(BindError) -> DataType) {
        self.infer = infer
    }
}

/// When a call may be NULL.
enum NullRule: Sendable {
    /// When an argument may be.
    case arguments
    case always
    case never
    /// When the argument at this position may be.
    case argument(Int)

    func isNullable(_ site: CallSite) -> Bool {
        switch self {
        case .arguments: site.isNullable
        case .always: true
        case .never: false
        case .argument(let index): site.type(index).isNullable
        }
    }
}

extension ResultRule {
    /// Always the same type.
    static func type(_ kind: TypeKind, _ nulls: NullRule = .arguments) -> ResultRule {
        ResultRule { DataType(kind, isNullable: nulls.isNullable($0)) }
    }

    /// The type of an argument.
    static func argument(_ index: Int, _ nulls: NullRule = .arguments) -> ResultRule {
        ResultRule { DataType($0.kind(index), isNullable: nulls.isNullable($0)) }
    }

    /// The first argument's text type with CHAR turned into VARCHAR of the same length.
    static func varying(_ nulls: NullRule = .arguments) -> ResultRule {
        ResultRule { site in
            let kind: TypeKind =
                switch site.kind(0) {
                case .char(let length): .varchar(length: length)
                case .binary(let length): .varbinary(length: length)
                default: site.kind(0)
                }
            return DataType(kind, isNullable: nulls.isNullable(site))
        }
    }

    static let boolean = type(.boolean)
    static let integer = type(.integer)
    static let bigint = type(.bigint)
    static let double = type(.double)
    static let string = type(.string)
    static let optionalString = type(.string, .always)
}
