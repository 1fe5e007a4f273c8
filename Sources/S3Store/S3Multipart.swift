import Logging
import NIOHTTP1
import ObjectStore
import Synchronization
import Threads

/// Writes a large file in parts, several at once.
///
/// ```text
/// CreateMultipartUpload ─▶ UploadPart × n ─▶ CompleteMultipartUpload ─▶ done
///           ▲                   │ failed            │ NoSuchUpload
///           └── at most twice ──┴───── Abort ◀──────┘
/// ```
///
/// The store may have completed an upload whose answer was lost, and then knows it no longer: the
/// file is written again, which replaces the object by itself.
package struct S3Multipart {
    let client: S3Client
    let key: String
    let path: String
    let count: Int64

    /// A part that the store has.
    fileprivate struct Part: Sendable {
        let number: Int
        let bytes: Int64
        let entityTag: String
        let crc32: UInt32?
    }

    /// What the threads of one upload share.
    fileprivate struct Progress {
        var nextNumber = 1
        var parts: [Part] = []
        var failure: S3Failure?
    }

    /// The size of all parts but the last, so that there are no more than the store takes.
    package static func partBytes(count: Int64, wanted: Int64) -> Int64 {
        max(wanted, (count + S3Limits.partsMax - 1) / S3Limits.partsMax)
    }

    func run() throws(S3Failure) {
        guard count <= S3Limits.objectBytesMax else {
            throw S3Failure(
                ObjectStoreError(
                    .failed,
                    "'\(path)' has \(count) bytes, more than an object of S3 can have"
                )
            )
        }
        var restarts = 0
        while true {
            let uploadID = try begin()
            do throws(S3Failure) {
                try complete(uploadID, try upload(uploadID))
                return
            } catch {
                abort(uploadID)
                guard error.code == "NoSuchUpload", restarts < S3Limits.uploadRestartsMax else {
                    throw error
                }
                restarts += 1
            }
        }
    }

    private func begin() throws(S3Failure) -> String {
        var request = S3Request(.createUpload, key: key)
        request.query = [QueryItem("uploads")]
        request.headers = client.encryptionHeaders
        if client.options.usesCRC32 {
            request.headers.append(HeaderField("x-amz-checksum-algorithm", "CRC32"))
            request.headers.append(HeaderField("x-amz-checksum-type", "FULL_OBJECT"))
        }
        guard let answer = S3UploadAnswer(try client.perform(request).body) else {
            throw unexpected("what the store answered is no InitiateMultipartUploadResult")
        }
        return answer.uploadID
    }

    /// Sends all parts; gives them in order.
    private func upload(_ uploadID: String) throws(S3Failure) -> [Part] {
        let partBytes = Self.partBytes(count: count, wanted: client.options.partBytes)
        let partCount = Int((count + partBytes - 1) / partBytes)
        let shared = SharedProgress()
        let work: @Sendable () -> Void = {
            while let number = shared.state.withLock({ $0.take(partCount) }) {
                let offset = Int64(number - 1) * partBytes
                let bytes = min(partBytes, count - offset)
                do throws(S3Failure) {
                    let part = try send(uploadID, number, offset, bytes)
                    shared.state.withLock { $0.parts.append(part) }
                } catch {
                    shared.state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        let helpers = (1..<max(1, min(client.options.partsAtOnce, partCount))).map { number in
            WorkerThread(name: "s3-part-\(number)", body: work)
        }
        work()
        for helper in helpers { helper.join() }
        let (parts, failure) = shared.state.withLock { ($0.parts, $0.failure) }
        if let failure { throw failure }
        return parts.sorted { $0.number < $1.number }
    }

    private final class SharedProgress: Sendable {
        let state = Mutex(Progress())
    }

    private func send(
        _ uploadID: String,
        _ number: Int,
        _ offset: Int64,
        _ bytes: Int64
    ) throws(S3Failure) -> Part {
        var request = S3Request(.uploadPart, key: key)
        request.query = [
            QueryItem("partNumber", String(number)), QueryItem("uploadId", uploadID),
        ]
        request.payload = .file(path: path, offset: offset, count: bytes)
        let (answer, digest) = try client.performWithDigest(request)
        guard let tag = answer.headers.first(name: "etag"), !tag.isEmpty else {
            throw unexpected("the store gave no ETag for part \(number)")
        }
        return Part(number: number, bytes: bytes, entityTag: tag, crc32: digest.crc32)
    }

    private func complete(_ uploadID: String, _ parts: [Part]) throws(S3Failure) {
        var request = S3Request(.completeUpload, key: key)
        request.query = [QueryItem("uploadId", uploadID)]
        var text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            text += "<Part><PartNumber>\(part.number)</PartNumber>"
            text += "<ETag>\(XMLText.escape(part.entityTag))</ETag>"
            if let crc = part.crc32 {
                text += "<ChecksumCRC32>\(CRC32.header(crc))</ChecksumCRC32>"
            }
            text += "</Part>"
        }
        text += "</CompleteMultipartUpload>"
        request.payload = .bytes(Array(text.utf8))
        request.headers = [HeaderField("Content-Type", "application/xml")]
        if let crc = Self.combined(parts) {
            request.headers.append(HeaderField("x-amz-checksum-crc32", CRC32.header(crc)))
            request.headers.append(HeaderField("x-amz-checksum-type", "FULL_OBJECT"))
        }
        guard S3CompletionAnswer(try client.perform(request).body) != nil else {
            throw unexpected("what the store answered is no CompleteMultipartUploadResult")
        }
    }

    /// The checksum of the whole file, from those of its parts.
    private static func combined(_ parts: [Part]) -> UInt32? {
        var whole: UInt32?
        for part in parts {
            guard let crc = part.crc32 else { return nil }
            whole = whole.map { CRC32.combine($0, crc, secondBytes: part.bytes) } ?? crc
        }
        return whole
    }

    /// Has the store drop the parts; if it cannot, the bucket's lifecycle rule does.
    private func abort(_ uploadID: String) {
        var request = S3Request(.abortUpload, key: key)
        request.query = [QueryItem("uploadId", uploadID)]
        do throws(S3Failure) {
            _ = try client.forTidying.perform(request)
        } catch {
            if error.code != "NoSuchUpload" {
                client.warn("the parts of a failed upload were not removed", error)
            }
        }
    }

    private func unexpected(_ why: String) -> S3Failure {
        S3Failure(
            ObjectStoreError(
                .failed,
                "cannot write 's3://\(client.address.bucket)/\(key)' at "
                    + "\(client.address.endpoint): \(why)"
            )
        )
    }
}

extension S3Multipart.Progress {
    /// The number of the next part to send; nil when there is none, or no sense in one.
    fileprivate mutating func take(_ partCount: Int) -> Int? {
        guard failure == nil, nextNumber <= partCount else { return nil }
        defer { nextNumber += 1 }
        return nextNumber
    }
}
