package import Core
package import ObjectStore
import Synchronization

/// An object store in a bucket of S3 or of a store that speaks its protocol.
///
/// Calls block the calling thread, which must not be an event loop or of the cooperative pool.
package final class S3Store: ObjectStore {
    package let location: String
    let client: S3Client
    private let prefix: String
    private let findings: S3Findings

    init(_ client: S3Client) {
        self.client = client
        prefix = client.address.prefix
        findings = client.findings
        location = client.address.location
    }

    /// Writes an object with one request.
    ///
    /// With `ifAbsent` it is a conditional put. When an answer is lost and the next attempt finds
    /// the key taken, the object may be our own: the error is `exists` all the same, since two
    /// writers of the same bytes cannot be told apart. Callers that care compare contents, as
    /// `CheckpointWriter` does.
    ///
    /// The first conditional put of a store is sent twice: the second must be refused. A store
    /// that ignores the condition would let two leaders write the same checkpoint: `unsupported`.
    package func put(
        _ key: String,
        _ bytes: [UInt8],
        ifAbsent: Bool
    ) throws(ObjectStoreError) {
        let request = putRequest(try objectKey(key), .bytes(bytes), ifAbsent: ifAbsent)
        guard ifAbsent, !findings.isConditionProven.load(ordering: .relaxed) else {
            return try send(request)
        }
        do throws(ObjectStoreError) {
            try send(request)
        } catch {
            if error.kind == .exists { findings.isConditionProven.store(true, ordering: .relaxed) }
            throw error
        }
        do throws(ObjectStoreError) {
            try send(request)
        } catch {
            guard error.kind == .exists else { throw error }
            findings.isConditionProven.store(true, ordering: .relaxed)
            return
        }
        throw ObjectStoreError(
            .unsupported,
            "\(client.address.endpoint) ignores 'If-None-Match: *' of PutObject: it wrote "
                + "'\(key)' in \(location) twice. Checkpoints need a store with conditional writes"
        )
    }

    package func putFile(_ key: String, fromPath path: String) throws(ObjectStoreError) {
        let object = try objectKey(key)
        let count: Int64
        do {
            count = try FileDescriptor(path, .read).size()
        } catch {
            throw ObjectStoreError(error)
        }
        if count > client.options.partBytes {
            let upload = S3Multipart(client: client, key: object, path: path, count: count)
            return try Self.told { () throws(S3Failure) in try upload.run() }
        }
        try send(
            putRequest(object, .file(path: path, offset: 0, count: count), ifAbsent: false)
        )
    }

    package func get(_ key: String) throws(ObjectStoreError) -> [UInt8] {
        let request = getRequest(try objectKey(key))
        let download = MemoryDownload()
        try Self.told { () throws(S3Failure) in
            _ = try client.perform(target: download) { request }
        }
        return download.bytes
    }

    package func getFile(_ key: String, toPath path: String) throws(ObjectStoreError) {
        let request = getRequest(try objectKey(key))
        let download = FileDownload(path: path)
        do throws(SystemFault) {
            try download.checkFree()
        } catch {
            throw ObjectStoreError(error)
        }
        try Self.told { () throws(S3Failure) in try fetch(request, download) }
        do throws(SystemFault) {
            try download.publish()
        } catch {
            throw ObjectStoreError(error)
        }
    }

    /// Downloads, and begins anew when the object was replaced in between.
    private func fetch(_ plain: S3Request, _ download: FileDownload) throws(S3Failure) {
        var restarts = 0
        while true {
            do throws(S3Failure) {
                _ = try client.perform(target: download) {
                    var request = plain
                    request.headers += download.rangeHeaders
                    return request
                }
                return
            } catch {
                let isReplaced = error.status == 412 || error.status == 416
                guard isReplaced, restarts < S3Limits.uploadRestartsMax else { throw error }
                restarts += 1
                download.restart()
            }
        }
    }

    package func list(_ prefix: String) throws(ObjectStoreError) -> [ObjectInfo] {
        precondition(prefix.isEmpty || prefix.hasSuffix("/"), "a listing is of a folder")
        return try Self.told { () throws(S3Failure) in try S3Listing(client).list(prefix) }
    }

    package func delete(_ keys: [String]) throws(ObjectStoreError) {
        var objects: [String] = []
        for key in keys { objects.append(try objectKey(key)) }
        var deletion = S3Deletion(
            client: client,
            isOneByOne: findings.deletesOneByOne.load(ordering: .relaxed)
        )
        try Self.told { () throws(S3Failure) in try deletion.delete(objects) }
        if deletion.isOneByOne { findings.deletesOneByOne.store(true, ordering: .relaxed) }
    }

    /// As the protocol says: pauses between attempts end, too.
    package func cancelled(by cancellation: Cancellation) -> any ObjectStore {
        S3Store(client.cancelled(by: cancellation))
    }

    private func send(_ request: S3Request) throws(ObjectStoreError) {
        try Self.told { () throws(S3Failure) in _ = try client.perform(request) }
    }

    private func putRequest(
        _ object: String,
        _ payload: S3Payload,
        ifAbsent: Bool
    ) -> S3Request {
        var request = S3Request(.putObject, key: object)
        request.payload = payload
        request.headers = client.encryptionHeaders
        if ifAbsent { request.headers.append(HeaderField("If-None-Match", "*")) }
        return request
    }

    private func getRequest(_ object: String) -> S3Request {
        var request = S3Request(.getObject, key: object)
        if client.options.usesCRC32 {
            request.headers.append(HeaderField("x-amz-checksum-mode", "ENABLED"))
        }
        return request
    }

    /// The whole key of an object.
    private func objectKey(_ key: String) throws(ObjectStoreError) -> String {
        let parts = key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let dots = [[UInt8(ascii: ".")], [UInt8(ascii: "."), UInt8(ascii: ".")]]
        let isName = parts.allSatisfy { part in
            !part.isEmpty && !dots.contains { part.elementsEqual($0) }
        }
        guard isName, !key.utf8.contains(0) else {
            throw ObjectStoreError(.failed, "'\(key)' is no name for an object in \(location)")
        }
        let whole = prefix + key
        guard whole.utf8.count <= S3Limits.keyBytesMax else {
            throw ObjectStoreError(
                .failed,
                "'\(key)' in \(location) is a key of \(whole.utf8.count) bytes; S3 allows "
                    + "\(S3Limits.keyBytesMax)"
            )
        }
        return whole
    }

    private static func told<Result>(
        _ body: () throws(S3Failure) -> Result
    ) throws(ObjectStoreError) -> Result {
        do throws(S3Failure) {
            return try body()
        } catch {
            throw error.error
        }
    }
}
