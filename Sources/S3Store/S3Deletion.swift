import ObjectStore

/// Deletes objects, a thousand with one request where the store can.
struct S3Deletion {
    let client: S3Client
    /// Whether the store has no `DeleteObjects`; found out by trying.
    var isOneByOne: Bool

    mutating func delete(_ keys: [String]) throws(S3Failure) {
        // XML cannot carry some keys; those are deleted by address.
        let odd = keys.filter { !XMLText.canHold($0) }
        var rest = keys.filter { XMLText.canHold($0) }[...]
        for key in odd { try deleteOne(key) }
        while !rest.isEmpty {
            let group = Array(rest.prefix(S3Limits.deleteKeysMax))
            if isOneByOne || group.count == 1 {
                for key in group { try deleteOne(key) }
            } else {
                do throws(S3Failure) {
                    try deleteGroup(group)
                } catch {
                    guard error.status == 501 || error.status == 405 else { throw error }
                    isOneByOne = true
                    continue
                }
            }
            rest = rest.dropFirst(group.count)
        }
    }

    private func deleteOne(_ key: String) throws(S3Failure) {
        do throws(S3Failure) {
            _ = try client.perform(S3Request(.deleteObject, key: key))
        } catch {
            // Some stores call it an error that there is nothing to delete.
            guard error.status == 404, error.code == "NoSuchKey" else { throw error }
        }
    }

    /// Deletes up to a thousand; those that fail for now are tried once more, one by one.
    ///
    /// An error that names none of them may be about any.
    private func deleteGroup(_ keys: [String]) throws(S3Failure) {
        var request = S3Request(.deleteObjects)
        request.subject = "\(client.address.prefix)… (\(keys.count) objects)"
        request.query = [QueryItem("delete")]
        let objects = keys.map { "<Object><Key>\(XMLText.escape($0))</Key></Object>" }.joined()
        let text =
            "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Quiet>true</Quiet>\(objects)</Delete>"
        request.payload = .bytes(Array(text.utf8))
        request.headers = [HeaderField("Content-Type", "application/xml")]
        guard let answer = S3DeleteAnswer(try client.perform(request).body) else {
            throw refusal(keys[0], "what the store answered is no DeleteResult", others: 0)
        }
        let refusals = answer.refusals.filter { $0.code != "NoSuchKey" }
        let lasting = refusals.filter { entry in
            S3Retry.decide(.refusal(status: 200, code: entry.code)) == .giveUp
        }
        if let first = lasting.first {
            throw refusal(
                keys.contains(first.key) ? first.key : keys[0],
                "\(first.code) \(first.message)",
                others: lasting.count - 1
            )
        }
        let named = refusals.map(\.key)
        let isClear = Set(named).isSubset(of: keys)
        for key in isClear ? named : keys { try deleteOne(key) }
    }

    private func refusal(_ key: String, _ why: String, others: Int) -> S3Failure {
        let more = others > 0 ? ", and \(others) others" : ""
        return S3Failure(
            ObjectStoreError(
                .failed,
                "cannot delete 's3://\(client.address.bucket)/\(key)'\(more) at "
                    + "\(client.address.endpoint): \(why)"
            )
        )
    }
}
