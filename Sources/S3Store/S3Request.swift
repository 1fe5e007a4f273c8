import NIOHTTP1

/// What a request asks of S3.
enum S3Operation: String, Sendable {
    case getObject = "GetObject"
    case putObject = "PutObject"
    case listObjects = "ListObjectsV2"
    case deleteObject = "DeleteObject"
    case deleteObjects = "DeleteObjects"
    case createUpload = "CreateMultipartUpload"
    case uploadPart = "UploadPart"
    case completeUpload = "CompleteMultipartUpload"
    case abortUpload = "AbortMultipartUpload"

    var method: HTTPMethod {
        switch self {
        case .getObject, .listObjects: .GET
        case .putObject, .uploadPart: .PUT
        case .deleteObject, .abortUpload: .DELETE
        case .deleteObjects, .createUpload, .completeUpload: .POST
        }
    }

    /// What it does, as an infinitive, for messages.
    var verb: String {
        switch self {
        case .getObject: "read"
        case .putObject, .createUpload, .uploadPart, .completeUpload: "write"
        case .listObjects: "list"
        case .deleteObject, .deleteObjects: "delete"
        case .abortUpload: "abort the upload of"
        }
    }

    /// What a policy of IAM must allow for it.
    var permission: String {
        switch self {
        case .getObject: "s3:GetObject"
        case .putObject, .createUpload, .uploadPart, .completeUpload: "s3:PutObject"
        case .listObjects: "s3:ListBucket"
        case .deleteObject, .deleteObjects: "s3:DeleteObject"
        case .abortUpload: "s3:AbortMultipartUpload"
        }
    }

    /// Whether the body, if there is one, carries checksums.
    var hasChecksums: Bool {
        switch self {
        case .putObject, .uploadPart, .deleteObjects: true
        default: false
        }
    }

    /// Whether an answer of 200 may hold an error: the store answers before it is done.
    var mayFailLate: Bool { self == .completeUpload }
}

/// A request to S3 before it is signed.
struct S3Request: Sendable {
    let operation: S3Operation
    /// The whole key, prefix included; nil for requests to the bucket.
    var key: String?
    /// What messages call it, when it is not the key.
    var subject: String?
    var query: [QueryItem] = []
    var headers: [HeaderField] = []
    var payload = S3Payload.none
    var answerBytesMax = S3Limits.answerBytesMax

    init(_ operation: S3Operation, key: String? = nil) {
        self.operation = operation
        self.key = key
    }
}
