import ObjectStore

/// Lists what is below a prefix, page by page.
struct S3Listing {
    private let client: S3Client

    init(_ client: S3Client) {
        self.client = client
    }

    /// The objects below a folder of the store, sorted by key.
    ///
    /// Empty objects whose key ends with `/` are left out: consoles make them to show folders.
    func list(_ folder: String) throws(S3Failure) -> [ObjectInfo] {
        let prefix = client.address.prefix
        var found: [ObjectInfo] = []
        var continuation: String?
        var seen: Set<String> = []
        repeat {
            let page = try page(prefix + folder, continuation)
            for object in page.objects {
                guard object.key.utf8.starts(with: prefix.utf8) else {
                    throw unexpected("it lists '\(object.key)', which is not below '\(prefix)'")
                }
                if object.bytes == 0, object.key.utf8.last == UInt8(ascii: "/") { continue }
                let key = String(
                    decoding: object.key.utf8.dropFirst(prefix.utf8.count),
                    as: UTF8.self
                )
                found.append(ObjectInfo(key: key, bytes: object.bytes))
            }
            continuation = page.continuation
            if let continuation, !seen.insert(continuation).inserted {
                throw unexpected("its pages lead in a circle")
            }
        } while continuation != nil
        return found.sorted { $0.key < $1.key }
    }

    private func page(
        _ prefix: String,
        _ continuation: String?
    ) throws(S3Failure) -> S3ListAnswer {
        var request = S3Request(.listObjects)
        request.subject = prefix
        request.query = [
            QueryItem("list-type", "2"), QueryItem("prefix", prefix),
            QueryItem("encoding-type", "url"),
        ]
        if let continuation {
            request.query.append(QueryItem("continuation-token", continuation))
        }
        guard let page = S3ListAnswer(try client.perform(request).body) else {
            throw unexpected("what it answered is no ListBucketResult")
        }
        return page
    }

    private func unexpected(_ why: String) -> S3Failure {
        S3Failure(
            ObjectStoreError(
                .failed,
                "cannot list '\(client.address.location)' at \(client.address.endpoint): \(why)"
            )
        )
    }
}
