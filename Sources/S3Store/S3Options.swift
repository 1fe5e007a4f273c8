import Core
package import ObjectStore

/// How an S3 store is reached and used; read once from the configuration, then passed down.
///
/// The keys are those of Flink's S3 file systems, old spellings included.
package struct S3Options: Sendable {
    /// How the store encrypts what it keeps.
    package enum Encryption: Sendable, Equatable {
        case none
        /// With keys of the store (`AES256`).
        case storeKeys
        /// With a key of AWS KMS; nil is the default key of the account.
        case kms(keyID: String?)
    }

    /// `s3.access-key` and `s3.secret-key`; nil looks for credentials as the AWS tools do.
    package var accessKey: String?
    package var secretKey: Secret?
    /// `s3.endpoint`; nil is AWS.
    package var endpoint: String?
    /// `s3.endpoint.region`; nil is `us-east-1`.
    package var region: String?
    /// `s3.path.style.access`; nil: only where a bucket cannot be part of the host's name.
    package var isPathStyle: Bool?
    /// `s3.sse.type` and `s3.sse.kms.key-id`.
    package var encryption = Encryption.none
    /// `s3.upload.min.part.size`: larger files are written in parts of this size.
    package var partBytes: Int64 = 16 << 20
    /// `s3.upload.max.concurrent.uploads`: parts of one file under way at once.
    package var partsAtOnce = 4
    /// `s3.connection.max`: requests under way at once, in all.
    package var connectionsMax = 50
    /// `s3.connection.timeout`: until a connection stands.
    package var connectMicroseconds: Int64 = 10_000_000
    /// `s3.socket.timeout`: silence on a connection.
    package var idleMicroseconds: Int64 = 60_000_000
    /// `s3.request.timeout`: one attempt as a whole.
    package var requestMicroseconds: Int64 = 600_000_000
    /// `s3.retry.max-num-retries`, and one.
    package var attemptsMax = 9
    /// Between two attempts, whatever the store asks for.
    package var pauseMaximumMicroseconds = S3Limits.pauseMaximumMicroseconds
    /// `s3.checksum-validation.enabled`: whether CRC-32 is sent and asked for.
    package var usesCRC32 = true
    /// `s3.payload-signing.enabled`: whether bodies are part of the signature over TLS, too.
    package var signsPayload = true
    /// `s3.ssl.ca-file`: certificates to trust instead of the system's; nil is the system's.
    package var certificateFile: String?
    /// The environment of the process, where credentials and defaults may be.
    package var environment: [String: String] = [:]

    /// Addresses of hosts that no name service knows; for tests.
    package var hostAddresses: [String: String] = [:]

    package init() {}

    /// Reads all keys that begin with `s3.`, and what the environment says of AWS.
    ///
    /// - Throws: a sentence that names the key; an unknown one is an error, too.
    package init(
        configuration: [String: String],
        environment: [String: String]
    ) throws(ObjectStoreError) {
        self.environment = environment
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        endpoint = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        region = first("AWS_REGION", "AWS_DEFAULT_REGION") ?? ProfileFile.region(environment)
        certificateFile = first("AWS_CA_BUNDLE")
        var sse: (type: String?, key: String?)
        for (key, value) in configuration.sorted(by: { $0.key < $1.key })
        where key.hasPrefix("s3.") {
            let value = value.filter { !$0.isNewline }
            switch Self.currentNames[key] ?? key {
            case "s3.access-key": accessKey = value
            case "s3.secret-key": secretKey = Secret(value)
            case "s3.endpoint": endpoint = value
            case "s3.endpoint.region": region = value
            case "s3.path.style.access": isPathStyle = try Self.flag(key, value)
            case "s3.sse.type": sse.type = value
            case "s3.sse.kms.key-id": sse.key = value
            case "s3.upload.min.part.size": partBytes = try Self.bytes(key, value)
            case "s3.upload.max.concurrent.uploads":
                partsAtOnce = try Self.number(key, value, 1...64)
            case "s3.connection.max": connectionsMax = try Self.number(key, value, 1...1000)
            case "s3.connection.timeout": connectMicroseconds = try Self.duration(key, value)
            case "s3.socket.timeout": idleMicroseconds = try Self.duration(key, value)
            case "s3.request.timeout": requestMicroseconds = try Self.duration(key, value)
            case "s3.retry.max-num-retries": attemptsMax = try Self.number(key, value, 0...100) + 1
            case "s3.checksum-validation.enabled": usesCRC32 = try Self.flag(key, value)
            case "s3.payload-signing.enabled": signsPayload = try Self.flag(key, value)
            case "s3.ssl.ca-file": certificateFile = value
            default:
                throw Self.refusal(
                    "'\(key)' is no option of S3." + NearestName.hint(key, in: Self.names)
                )
            }
        }
        encryption = try Self.encryption(sse.type, sse.key)
        if (accessKey == nil) != (secretKey == nil) {
            throw Self.refusal("'s3.access-key' and 's3.secret-key' must be set together")
        }
    }

    /// The same for calls that are repeated anyway and must end soon, such as those of a lease.
    package func impatient(timeoutMicroseconds: Int64) -> S3Options {
        var options = self
        options.connectMicroseconds = min(connectMicroseconds, timeoutMicroseconds)
        options.idleMicroseconds = min(idleMicroseconds, timeoutMicroseconds)
        options.requestMicroseconds = min(requestMicroseconds, timeoutMicroseconds)
        options.pauseMaximumMicroseconds = min(pauseMaximumMicroseconds, timeoutMicroseconds)
        options.attemptsMax = S3Limits.impatientAttempts
        return options
    }

    /// All keys, as the documentation has them.
    package static let names = [
        "s3.access-key", "s3.secret-key", "s3.endpoint", "s3.endpoint.region",
        "s3.path.style.access", "s3.sse.type", "s3.sse.kms.key-id", "s3.upload.min.part.size",
        "s3.upload.max.concurrent.uploads", "s3.connection.max", "s3.connection.timeout",
        "s3.socket.timeout", "s3.request.timeout", "s3.retry.max-num-retries",
        "s3.checksum-validation.enabled", "s3.payload-signing.enabled", "s3.ssl.ca-file",
    ]

    /// Other spellings in Flink's S3 file systems.
    private static let currentNames = [
        "s3.access.key": "s3.access-key", "s3.secret.key": "s3.secret-key",
        "s3.region": "s3.endpoint.region", "s3.path-style-access": "s3.path.style.access",
    ]

    private static func refusal(_ message: String) -> ObjectStoreError {
        ObjectStoreError(.failed, message)
    }

    private static func flag(_ key: String, _ value: String) throws(ObjectStoreError) -> Bool {
        switch value.lowercased() {
        case "true": true
        case "false": false
        default: throw refusal("'\(key)' must be true or false, but was '\(value)'")
        }
    }

    private static func number(
        _ key: String,
        _ value: String,
        _ range: ClosedRange<Int>
    ) throws(ObjectStoreError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw refusal(
                "'\(key)' must be a number from \(range.lowerBound) to \(range.upperBound), "
                    + "but was '\(value)'"
            )
        }
        return number
    }

    private static func duration(_ key: String, _ value: String) throws(ObjectStoreError) -> Int64 {
        guard let microseconds = DurationText.microseconds(value), microseconds > 0 else {
            throw refusal("'\(key)' must be a duration such as '30 s', but was '\(value)'")
        }
        return microseconds
    }

    private static func bytes(_ key: String, _ value: String) throws(ObjectStoreError) -> Int64 {
        guard let bytes = MemorySizeText.bytes(value) else {
            throw refusal("'\(key)' must be a size such as '16mb', but was '\(value)'")
        }
        guard (S3Limits.partBytesMin...S3Limits.partBytesMax).contains(bytes) else {
            throw refusal("'\(key)' must be from 5mb to 5gb, but was '\(value)'")
        }
        return bytes
    }

    private static func encryption(
        _ type: String?,
        _ key: String?
    ) throws(ObjectStoreError) -> Encryption {
        let chosen: Encryption
        switch type?.lowercased() ?? "none" {
        case "none": chosen = .none
        case "aes256", "sse-s3": chosen = .storeKeys
        case "aws:kms", "sse-kms": return .kms(keyID: key)
        default:
            throw refusal(
                "'s3.sse.type' must be none, AES256 or aws:kms, but was '\(type ?? "")'"
            )
        }
        if key != nil {
            throw refusal("'s3.sse.kms.key-id' needs 's3.sse.type' to be aws:kms")
        }
        return chosen
    }
}
