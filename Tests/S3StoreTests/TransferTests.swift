import ObjectStore
import S3Store
import Synchronization
import Testing

/// Files, lists and deletions against a server that follows a script.
@Suite struct TransferTests {
    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    }

    @Test func `a download that is cut goes on where it was`() throws {
        let folder = try ScratchFolder()
        let content = pattern(3_000_000)
        let scripted = try ScriptedStore { number, request in
            let tag = ["ETag": "\"t\""]
            guard let range = request.headers["range"] else {
                return .cut(200, tag, content, after: 1_200_000)
            }
            let start = Int(range.dropFirst(6).dropLast()) ?? 0
            let rest = Array(content[start...])
            let fields = tag.merging([
                "Content-Range": "bytes \(start)-\(content.count - 1)/\(content.count)"
            ]) { $1 }
            return number == 2
                ? .cut(206, fields, rest, after: 700_000) : .answer(206, fields, rest)
        }
        let path = "\(folder.path)/out"
        try scripted.store().getFile("x", toPath: path)
        #expect(try LocalFiles.read(path) == content)
        #expect(try LocalFiles.names(in: folder.path) == ["out"])
        let requests = scripted.server.requests
        #expect(requests.count == 3)
        #expect(requests.dropFirst().allSatisfy { $0.headers["if-match"] == "\"t\"" })
    }

    @Test func `a download begins anew when the object was replaced or the range is ignored`()
        throws
    {
        let folder = try ScratchFolder()
        let content = pattern(500_000)
        let replaced = try ScriptedStore { number, _ in
            switch number {
            case 1: .cut(200, ["ETag": "\"a\""], content, after: 100_000)
            case 2: .error(412, "PreconditionFailed")
            default: .answer(200, ["ETag": "\"b\""], content.reversed())
            }
        }
        try replaced.store().getFile("x", toPath: "\(folder.path)/1")
        #expect(try LocalFiles.read("\(folder.path)/1") == content.reversed())
        let ignored = try ScriptedStore(
            .cut(200, ["ETag": "\"a\""], content, after: 100_000),
            .answer(200, ["ETag": "\"a\""], content)
        )
        try ignored.store().getFile("x", toPath: "\(folder.path)/2")
        #expect(try LocalFiles.read("\(folder.path)/2") == content)
    }

    @Test func `a failed download leaves nothing, and a taken name is refused`() throws {
        let folder = try ScratchFolder()
        let scripted = try ScriptedStore(.cut(200, ["ETag": "\"a\""], pattern(9000), after: 10))
        let store = try scripted.store()
        let path = "\(folder.path)/out"
        #expect(failure { try store.getFile("x", toPath: path) }?.kind == .failed)
        #expect(try LocalFiles.names(in: folder.path).isEmpty)
        try LocalFiles.write(path, [1])
        #expect(failure { try store.getFile("x", toPath: path) }?.kind == .exists)
        #expect(try LocalFiles.read(path) == [1])
    }

    @Test func `a local fault is told as such and not tried again`() throws {
        let scripted = try ScriptedStore(.answer(200, [:], [1]))
        let store = try scripted.store()
        let error = failure { try store.getFile("x", toPath: "/nowhere/at/all/x") }
        #expect(error?.message.contains("/nowhere/at/all") == true)
        #expect(scripted.server.requests.count == 1)
        #expect(failure { try store.putFile("x", fromPath: "/nowhere/x") }?.kind == .notFound)
    }

    /// A server for uploads in parts that can fail on purpose.
    private func upload(
        parts: Int,
        _ fault: @escaping @Sendable (String, ReceivedRequest) -> Reply?
    ) throws -> (ScriptedStore, ScratchFolder, String) {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/in"
        try makeFile(path, bytes: (parts - 1) * (5 << 20) + 1000)
        let scripted = try ScriptedStore(.changed { $0.partBytes = 5 << 20 }) { _, request in
            let step =
                request.path.contains("uploads=")
                ? "begin"
                : request.path.contains("partNumber=")
                    ? "part" : request.method == "POST" ? "complete" : "abort"
            if let reply = fault(step, request) { return reply }
            switch step {
            case "begin":
                return .xml(
                    "<InitiateMultipartUploadResult><UploadId>u/1</UploadId>"
                        + "</InitiateMultipartUploadResult>"
                )
            case "part": return .answer(200, ["ETag": "\"e\""])
            case "complete":
                return .xml("  \n<CompleteMultipartUploadResult/>")
            default: return .answer(204)
            }
        }
        return (scripted, folder, path)
    }

    @Test func `a large file is sent in parts and completed`() throws {
        let (scripted, folder, path) = try upload(parts: 4) { _, _ in nil }
        try scripted.store().putFile("x", fromPath: path)
        let requests = scripted.server.requests
        let parts = requests.filter { $0.path.contains("partNumber=") }
        #expect(parts.count == 4)
        let sorted = parts.sorted { $0.path < $1.path }
        #expect(sorted.map(\.body.count) == [5 << 20, 5 << 20, 5 << 20, 1000])
        let content = try LocalFiles.read(path)
        #expect(sorted.flatMap(\.body) == content)
        #expect(parts.allSatisfy { $0.path.contains("uploadId=u%2F1") })
        let last = requests.last
        #expect(last?.text.contains("<PartNumber>4</PartNumber><ETag>&quot;e&quot;</ETag>") == true)
        var crc = CRC32()
        crc.update(content.span)
        #expect(last?.headers["x-amz-checksum-crc32"] == CRC32.header(crc.value))
        withExtendedLifetime(folder) {}
    }

    @Test func `a part that fails for good aborts the upload`() throws {
        let (scripted, folder, path) = try upload(parts: 4) { step, request in
            step == "part" && request.path.contains("partNumber=2")
                ? .error(403, "AccessDenied") : nil
        }
        let store = try scripted.store()
        let error = failure { try store.putFile("x", fromPath: path) }
        #expect(error?.message.contains("s3:PutObject") == true)
        #expect(scripted.server.requests.last?.method == "DELETE")
        withExtendedLifetime(folder) {}
    }

    @Test func `an error in an answer of 200 is an error`() throws {
        let failures = Mutex(1)
        let (scripted, folder, path) = try upload(parts: 2) { step, _ in
            guard step == "complete" else { return nil }
            return failures.withLock { left in
                defer { left -= 1 }
                return left > 0
                    ? .xml("<Error><Code>InternalError</Code><Message>x</Message></Error>") : nil
            }
        }
        try scripted.store().putFile("x", fromPath: path)
        #expect(scripted.server.requests.filter { $0.method == "POST" }.count == 3)
        withExtendedLifetime(folder) {}
    }

    @Test func `an upload that the store forgot begins anew`() throws {
        let failures = Mutex(1)
        let (scripted, folder, path) = try upload(parts: 2) { step, _ in
            guard step == "complete" else { return nil }
            return failures.withLock { left in
                defer { left -= 1 }
                return left > 0 ? .error(404, "NoSuchUpload") : nil
            }
        }
        try scripted.store().putFile("x", fromPath: path)
        let begun = scripted.server.requests.filter { $0.path.contains("uploads=") }
        #expect(begun.count == 2)
        withExtendedLifetime(folder) {}
    }

    @Test func `encryption is asked for with each new object`() throws {
        let folder = try ScratchFolder()
        try makeFile("\(folder.path)/in", bytes: 6 << 20)
        let scripted = try ScriptedStore(
            .changed { options in
                options.partBytes = 5 << 20
                options.encryption = .kms(keyID: "alias/k")
            }
        ) { _, request in
            request.path.contains("uploads=") ? .error(403, "AccessDenied") : .answer(200)
        }
        let store = try scripted.store()
        try store.put("x", [1], ifAbsent: false)
        _ = failure { try store.putFile("y", fromPath: "\(folder.path)/in") }
        let requests = scripted.server.requests
        #expect(requests.count == 2)
        for request in requests {
            #expect(request.headers["x-amz-server-side-encryption"] == "aws:kms")
            #expect(
                request.headers["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/k"
            )
        }
    }

    @Test func `a listing goes through its pages and comes out sorted`() throws {
        let scripted = try ScriptedStore { number, _ in
            .xml(
                number == 1
                    ? """
                    <ListBucketResult><EncodingType>url</EncodingType>
                    <IsTruncated>true</IsTruncated>
                    <NextContinuationToken>a+/=</NextContinuationToken>
                    <Contents><Key>base/f/b+b%2B</Key><Size>3</Size></Contents>
                    <Contents><Key>base/f/</Key><Size>0</Size></Contents></ListBucketResult>
                    """
                    : """
                    <ListBucketResult><EncodingType>url</EncodingType>
                    <IsTruncated>false</IsTruncated>
                    <Contents><Key>base/f/a</Key><Size>1</Size></Contents></ListBucketResult>
                    """
            )
        }
        let found = try scripted.store().list("f/")
        #expect(found == [ObjectInfo(key: "f/a", bytes: 1), ObjectInfo(key: "f/b b+", bytes: 3)])
        let paths = scripted.server.requests.map(\.path)
        #expect(paths[0] == "/bucket?encoding-type=url&list-type=2&prefix=base%2Ff%2F")
        #expect(paths[1].contains("continuation-token=a%2B%2F%3D"))
    }

    @Test func `a listing that makes no sense is an error`() throws {
        for text in [
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "<html/>", "",
            "<ListBucketResult><Contents><Key>other</Key><Size>1</Size></Contents>"
                + "</ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
                + "</NextContinuationToken></ListBucketResult>",
        ] {
            let scripted = try ScriptedStore(.xml(text))
            let store = try scripted.store()
            #expect(failure { try store.list("f/") }?.message.contains("cannot list") == true)
        }
    }

    @Test func `a deletion names what was not deleted, and tries again what may work`() throws {
        let refused = try ScriptedStore(
            .xml(
                "<DeleteResult><Error><Key>base/b</Key><Code>AccessDenied</Code>"
                    + "<Message>no</Message></Error></DeleteResult>"
            )
        )
        let store = try refused.store()
        let error = failure { try store.delete(["a", "b"]) }
        #expect(error?.message.contains("'s3://bucket/base/b'") == true)
        #expect(error?.message.contains("AccessDenied no") == true)
        let request = refused.server.requests.first
        #expect(request?.headers["content-md5"] != nil)
        #expect(request?.text.contains("<Key>base/a</Key>") == true)
        let passing = try ScriptedStore { _, request in
            request.method == "POST"
                ? .xml(
                    "<DeleteResult><Error><Key>base/b</Key><Code>InternalError</Code></Error>"
                        + "</DeleteResult>"
                ) : .answer(204)
        }
        try passing.store().delete(["a", "b"])
        #expect(passing.server.requests.map(\.method) == ["POST", "DELETE"])
        #expect(passing.server.requests.last?.path == "/bucket/base/b")
    }

    @Test func `a deletion that fails for no key in particular is tried for each`() throws {
        let nameless = "<Error><Code>InternalError</Code></Error>"
        let foreign = "<Error><Key>other/c</Key><Code>SlowDown</Code></Error>"
        for entry in [nameless, foreign] {
            let scripted = try ScriptedStore { _, request in
                request.method == "POST"
                    ? .xml("<DeleteResult>\(entry)</DeleteResult>") : .answer(204)
            }
            try scripted.store().delete(["a", "b"])
            let deletions = scripted.server.requests.dropFirst()
            #expect(deletions.map(\.method) == ["DELETE", "DELETE"])
            #expect(deletions.map(\.path) == ["/bucket/base/a", "/bucket/base/b"])
        }
        let denied = try ScriptedStore(
            .xml("<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>")
        )
        let store = try denied.store()
        let error = failure { try store.delete(["a", "b"]) }
        #expect(error?.message.contains("'s3://bucket/base/a'") == true)
        #expect(denied.server.requests.count == 1)
    }

    @Test func `a store without DeleteObjects is asked one by one, and remembered`() throws {
        let scripted = try ScriptedStore { _, request in
            request.method == "POST" ? .error(501, "NotImplemented") : .answer(204)
        }
        let store = try scripted.store()
        try store.delete(["a", "b"])
        try store.delete(["c", "d"])
        #expect(
            scripted.server.requests.map(\.method)
                == ["POST", "DELETE", "DELETE", "DELETE", "DELETE"]
        )
    }

    @Test func `keys that are none are refused without asking`() throws {
        let scripted = try ScriptedStore(.answer(200))
        let store = try scripted.store()
        for key in ["", "/x", "a//b", "a/../b", "./x", "x/", String(repeating: "k", count: 1020)] {
            #expect(failure { try store.put(key, [], ifAbsent: false) }?.kind == .failed)
        }
        #expect(scripted.server.requests.isEmpty)
    }

    @Test func `bodies are not signed when TLS protects them and the user says so`() throws {
        // Over plain HTTP they are signed whatever the option says.
        let scripted = try ScriptedStore(.changed { $0.signsPayload = false }) { _, _ in
            .answer(200)
        }
        try scripted.store().put("x", [1], ifAbsent: false)
        let hash = scripted.server.requests.first?.headers["x-amz-content-sha256"]
        #expect(hash?.count == 64)
    }
}
