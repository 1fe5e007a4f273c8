/// Failures of TLS in words for people.
package enum TLSFailure {
    /// What the reasons of BoringSSL mean; the other end's alerts among them.
    private static let reasons: [(code: String, text: String)] = [
        (
            "CERTIFICATE_VERIFY_FAILED",
            "the other end's certificate is not of an authority that this end trusts, or has expired"
        ),
        (
            "ALERT_UNKNOWN_CA",
            "the other end does not trust the authority of this end's certificate"
        ),
        ("CERTIFICATE_REQUIRED", "the other end wants a certificate"),
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the other end showed no certificate"),
        ("CERTIFICATE_EXPIRED", "the other end says that this end's certificate has expired"),
        ("ALERT_BAD_CERTIFICATE", "the other end refuses this end's certificate"),
        ("WRONG_VERSION_NUMBER", "the other end does not talk TLS"),
        ("HTTP_REQUEST", "the other end does not talk TLS"),
        ("PROTOCOL_VERSION", "the other end talks another version of TLS"),
    ]

    /// The failure in a sentence without its full stop.
    package static func text(_ error: any Error) -> String {
        let described = "\(error)"
        for (code, text) in reasons where described.contains(code) { return text }
        // The library's own words name its source files: the reason alone is enough.
        guard let start = described.firstRange(of: "OPENSSL_internal:") else { return described }
        return String(described[start.upperBound...].prefix { !$0.isWhitespace && $0 != "]" })
    }
}
