/// How a client reaches the job manager.
package struct RESTClientOptions: Sendable {
    /// As in `http://127.0.0.1:8081`; without a scheme it is `http`.
    package var address: String
    /// What is shown as `Authorization: Bearer …`.
    package var token: String?
    /// A PEM file with the authorities to trust beside those of the system.
    package var authorityFile: String?
    /// For requests that are sent once.
    package var requestTimeoutMilliseconds = RESTClientLimits.requestTimeoutMilliseconds
    /// For requests that are sent again when there is no answer.
    package var repeatableTimeoutMilliseconds = RESTClientLimits.repeatableTimeoutMilliseconds
    /// Counted from the first failure, so that there is a second attempt however long that took.
    package var retryMilliseconds = RESTClientLimits.retryMilliseconds
    /// Told in a sentence when the client begins to try again, and when it is answered again.
    package var notice: @Sendable (String) -> Void = { _ in }
    /// Asked while there is no answer, and between attempts: whether somebody wants to stop waiting.
    package var isInterrupted: @Sendable () -> Bool = { false }

    package init(address: String) {
        self.address = address
    }

    /// The address as it is used: with a scheme, without a slash at its end; nil if it is none.
    var base: String? {
        var base = address.contains("://") ? address : "http://\(address)"
        while base.hasSuffix("/"), !base.hasSuffix("://") { base.removeLast() }
        let scheme = base.prefix { $0 != ":" }
        let rest = base.dropFirst(scheme.count + 3)
        let isPlain = rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "?") }
        return ["http", "https"].contains(scheme) && !rest.isEmpty && isPlain ? base : nil
    }
}
