/// An optional value behind a reference.
///
/// Nodes keep their large and rare parts this way: the frames of the parser, and of everything that
/// walks over trees, hold nodes by value, and deep nesting needs room for many frames.
@propertyWrapper
package enum Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
    case empty
    indirect case full(Value)

    package init(wrappedValue: Value?) {
        if let wrappedValue { self = .full(wrappedValue) } else { self = .empty }
    }

    package var wrappedValue: Value? {
        switch self {
        case .empty: nil
        case .full(let value): value
        }
    }
}
