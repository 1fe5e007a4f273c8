package import Core

/// Why bytes are no batch, or why a batch cannot be bytes; says at which byte and what was expected.
package struct WireError: Failure, Equatable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var blame: Blame { .engine }
    package var isRetryable: Bool { false }
}
