/// The answers of S3 that have a body, read from XML; each is nil when it is not that answer.

/// Why S3 refused.
struct S3ErrorAnswer: Equatable {
    let code: String
    let message: String
    /// Of `AuthorizationHeaderMalformed`: the region to sign for.
    let region: String?

    init?(_ body: [UInt8]) {
        guard let root = XMLElement.parse(body), root.name == "Error" else { return nil }
        code = root.text("Code") ?? ""
        message = root.text("Message") ?? ""
        region = root.text("Region")
    }
}

/// One page of `ListObjectsV2`.
struct S3ListAnswer: Equatable {
    struct Object: Equatable {
        let key: String
        let bytes: Int64
    }

    let objects: [Object]
    /// Where the next page begins; nil on the last one.
    let continuation: String?

    init?(_ body: [UInt8]) {
        guard let root = XMLElement.parse(body), root.name == "ListBucketResult" else { return nil }
        let isEncoded = root.text("EncodingType") == "url"
        var objects: [Object] = []
        for entry in root.all("Contents") {
            guard let name = entry.text("Key"), let size = entry.text("Size").flatMap(Int64.init),
                let key = isEncoded ? PercentEncoding.decode(name) : name
            else { return nil }
            objects.append(Object(key: key, bytes: size))
        }
        self.objects = objects
        if root.text("IsTruncated") == "true" {
            guard let token = root.text("NextContinuationToken"), !token.isEmpty else { return nil }
            continuation = token
        } else {
            continuation = nil
        }
    }
}

/// What `DeleteObjects` could not delete.
struct S3DeleteAnswer: Equatable {
    struct Refusal: Equatable {
        let key: String
        let code: String
        let message: String
    }

    let refusals: [Refusal]

    init?(_ body: [UInt8]) {
        // Some stores answer a quiet deletion with nothing at all.
        if body.isEmpty {
            refusals = []
            return
        }
        guard let root = XMLElement.parse(body), root.name == "DeleteResult" else { return nil }
        refusals = root.all("Error").map { entry in
            Refusal(
                key: entry.text("Key") ?? "",
                code: entry.text("Code") ?? "",
                message: entry.text("Message") ?? ""
            )
        }
    }
}

/// The number that `CreateMultipartUpload` gives out.
struct S3UploadAnswer: Equatable {
    let uploadID: String

    init?(_ body: [UInt8]) {
        guard let root = XMLElement.parse(body), root.name == "InitiateMultipartUploadResult",
            let number = root.text("UploadId"), !number.isEmpty
        else { return nil }
        uploadID = number
    }
}

/// That `CompleteMultipartUpload` made the object.
struct S3CompletionAnswer: Equatable {
    init?(_ body: [UInt8]) {
        guard let root = XMLElement.parse(body), root.name == "CompleteMultipartUploadResult" else {
            return nil
        }
    }
}
