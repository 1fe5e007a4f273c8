import Crypto
import FoundationEssentials

/// AWS Signature Version 4 of one request, as S3 wants it: the path is encoded once and never
/// normalised (AWS: "Create a signed AWS API request").
package struct SignatureV4 {
    package let accessKey: String
    package let secretKey: Secret
    package let region: String
    package let service: String

    package init(accessKey: String, secretKey: Secret, region: String, service: String = "s3") {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.region = region
        self.service = service
    }

    /// The value of the header `Authorization`.
    ///
    /// - Parameters:
    ///   - method: `GET` and so on.
    ///   - path: the path as it is sent, percent-encoded.
    ///   - query: names and values before encoding, in any order.
    ///   - headers: all headers to sign, `Host` among them, in any order and case.
    ///   - payloadHash: SHA-256 of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`.
    ///   - time: the time of `x-amz-date`, such as `20130524T000000Z`.
    /// - Returns: the algorithm, the scope, the names of the signed headers and the signature.
    package func authorization(
        method: String,
        path: String,
        query: [QueryItem],
        headers: [HeaderField],
        payloadHash: String,
        time: String
    ) -> String {
        let fields = Self.canonicalHeaders(headers)
        let names = fields.map(\.name).joined(separator: ";")
        let request = [
            method,
            path,
            Self.canonicalQuery(query),
            fields.map { "\($0.name):\($0.value)\n" }.joined(),
            names,
            payloadHash,
        ].joined(separator: "\n")
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let hash = HexText.encode(SHA256.hash(data: Array(request.utf8)))
        let text = ["AWS4-HMAC-SHA256", time, scope, hash].joined(separator: "\n")
        let signature = HexText.encode(Self.code(text, signingKey(day)))
        return "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
    }

    /// The query as it is signed, and as it is sent.
    package static func canonicalQuery(_ query: [QueryItem]) -> String {
        query
            .map { item in
                (PercentEncoding.component(item.name), PercentEncoding.component(item.value))
            }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    private static func canonicalHeaders(_ headers: [HeaderField]) -> [HeaderField] {
        var values: [String: [String]] = [:]
        for header in headers {
            let words = header.value.split(whereSeparator: { $0 == " " || $0 == "\t" })
            values[header.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.sorted { $0.key < $1.key }
            .map { HeaderField($0.key, $0.value.joined(separator: ",")) }
    }

    private func signingKey(_ day: String) -> SymmetricKey {
        let secret = SymmetricKey(data: Array("AWS4\(secretKey.text)".utf8))
        let dayKey = SymmetricKey(data: Self.code(day, secret))
        let regionKey = SymmetricKey(data: Self.code(region, dayKey))
        let serviceKey = SymmetricKey(data: Self.code(service, regionKey))
        return SymmetricKey(data: Self.code("aws4_request", serviceKey))
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
}

/// A name and a value of a query, before encoding.
package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String = "") {
        self.name = name
        self.value = value
    }
}

/// A name and a value of a request's header.
package struct HeaderField: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
