/// A value that takes no part in comparing or hashing the node that carries it.
///
/// Syntax nodes keep their places this way: two nodes are equal when they say the same, wherever
/// they stand.
@propertyWrapper
package struct Ignored<Value: Sendable>: Sendable, Hashable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }

    package static func == (left: Ignored, right: Ignored) -> Bool { true }

    package func hash(into hasher: inout Hasher) {}
}
