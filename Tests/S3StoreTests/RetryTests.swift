import Core
import ObjectStore
import S3Store
import Testing
import Threads

/// What is tried again, what is not, and what the errors say.
@Suite struct RetryTests {
    @Test(arguments: [
        (S3Outcome.refusal(status: 500, code: "InternalError"), S3Retry.later),
        (.refusal(status: 500, code: nil), .later),
        (.refusal(status: 502, code: nil), .later),
        (.refusal(status: 504, code: nil), .later),
        (.refusal(status: 503, code: "SlowDown"), .muchLater),
        (.refusal(status: 503, code: nil), .muchLater),
        (.refusal(status: 429, code: nil), .muchLater),
        (.refusal(status: 400, code: "RequestTimeout"), .later),
        (.refusal(status: 400, code: "BadDigest"), .later),
        (.refusal(status: 409, code: "ConditionalRequestConflict"), .later),
        (.refusal(status: 409, code: "OperationAborted"), .later),
        (.refusal(status: 409, code: "BucketAlreadyExists"), .giveUp),
        (.refusal(status: 403, code: "RequestTimeTooSkewed"), .withServerTime),
        (.refusal(status: 400, code: "ExpiredToken"), .withFreshCredentials),
        (.refusal(status: 403, code: "AccessDenied"), .giveUp),
        (.refusal(status: 404, code: "NoSuchKey"), .giveUp),
        (.refusal(status: 412, code: "PreconditionFailed"), .giveUp),
        (.refusal(status: 501, code: "NotImplemented"), .giveUp),
        (.refusal(status: 507, code: nil), .giveUp),
        (.fault(.timeout), .later), (.fault(.cut), .later), (.fault(.unreachable), .later),
        (.fault(.unknownHost), .later), (.fault(.damaged), .later), (.fault(.untrusted), .giveUp),
        (.fault(.closed), .giveUp), (.fault(.local), .giveUp),
    ])
    func `each outcome has its answer`(outcome: S3Outcome, retry: S3Retry) {
        #expect(S3Retry.decide(outcome) == retry)
    }

    @Test func `pauses grow, differ and end`() {
        var generator = SystemRandomNumberGenerator()
        var attempts = S3Attempts(max: 12)
        var pauses: [Int64] = []
        while let next = attempts.next(after: .fault(.cut), using: &generator) {
            pauses.append(next.pauseMicroseconds)
        }
        #expect(pauses.count == 11)
        for (number, pause) in pauses.enumerated() {
            let middle = min(Int64(100_000) << Int64(number), 20_000_000)
            #expect((middle / 2...middle * 3 / 2).contains(pause))
        }
        #expect(attempts.mayHaveWorked)
        var slow = S3Attempts(max: 3)
        let asked = slow.next(
            after: .refusal(status: 503, code: "SlowDown"),
            retryAfterSeconds: 3,
            using: &generator
        )
        #expect(asked?.retry == .muchLater)
        #expect(asked?.pauseMicroseconds == 3_000_000)
        for seconds in [Int64.max, 9_300_000_000_000, .min] {
            var attempts = S3Attempts(max: 2)
            let next = attempts.next(
                after: .refusal(status: 503, code: nil),
                retryAfterSeconds: seconds,
                using: &generator
            )
            let isAsked = next?.pauseMicroseconds == 20_000_000
            #expect(isAsked == (seconds > 0))
        }
    }

    @Test func `server errors and throttling are tried again`() throws {
        let scripted = try ScriptedStore(
            .error(500, "InternalError"),
            .error(503, "SlowDown"),
            .close,
            .answer(200)
        )
        try scripted.store().put("x", [1, 2, 3], ifAbsent: false)
        let requests = scripted.server.requests
        #expect(requests.count == 4)
        #expect(scripted.pauses.count == 3)
        for request in requests {
            #expect(request.method == "PUT")
            #expect(request.path == "/bucket/base/x")
            #expect(request.body == [1, 2, 3])
            #expect(request.headers["content-md5"] == "Uonfc331cyb83SJZevsfrA==")
            #expect(request.headers["x-amz-checksum-crc32"] == "VbyAHQ==")
            #expect(
                request.headers["x-amz-content-sha256"]
                    == "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"
            )
            #expect(request.headers["authorization"]?.contains("content-md5;host;") == true)
        }
    }

    @Test func `attempts come to an end, and the error may heal`() throws {
        let scripted = try ScriptedStore(.error(503, "SlowDown"))
        let store = try scripted.store()
        let error = failure { try store.get("x") }
        #expect(error?.kind == .failed)
        #expect(error?.isRetryable == true)
        let message = error?.message ?? ""
        #expect(message.contains("cannot read 's3://bucket/base/x'"))
        #expect(message.contains(scripted.server.endpoint))
        #expect(message.contains("503 SlowDown"))
        #expect(message.contains("tried 4 times"))
        #expect(scripted.server.requests.count == 4)
    }

    @Test func `an answer that is cut is asked for again`() throws {
        let body = [UInt8](repeating: 7, count: 100_000)
        let scripted = try ScriptedStore(
            .cut(200, [:], body, after: 30_000),
            .answer(200, [:], body)
        )
        #expect(try scripted.store().get("x") == body)
        #expect(scripted.server.requests.count == 2)
    }

    @Test func `an answer with another checksum is asked for again`() throws {
        let good = Array("123456789".utf8)
        let sum = ["x-amz-checksum-crc32": "y/Q5Jg=="]
        let scripted = try ScriptedStore(
            .answer(200, sum, Array("123456780".utf8)),
            .answer(200, sum, good)
        )
        #expect(try scripted.store().get("x") == good)
        #expect(scripted.server.requests.first?.headers["x-amz-checksum-mode"] == "ENABLED")
    }

    @Test func `an answer without a length is not trusted`() throws {
        let scripted = try ScriptedStore(
            .cut(200, ["Content-Length": ""], [1, 2, 3], after: 3)
        )
        let store = try scripted.store()
        let error = failure { try store.get("x") }
        #expect(error?.message.contains("how long it is") == true)
    }

    @Test func `a silent server is a timeout`() throws {
        let scripted = try ScriptedStore(
            .changed { options in
                options.idleMicroseconds = 200_000
                options.attemptsMax = 2
            }
        ) { _, _ in .hang }
        let store = try scripted.store()
        let error = failure { try store.put("x", [1], ifAbsent: false) }
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("fell silent") == true, "\(error?.message ?? "")")
        #expect(scripted.server.requests.count == 2)
    }

    @Test(arguments: [true, false])
    func `an answer before the end of a large body counts`(closing: Bool) throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/in"
        try makeFile(path, bytes: 12 << 20)
        let refusal = Array("<Error><Code>AccessDenied</Code></Error>".utf8)
        let scripted = try ScriptedStore(.changed { $0.attemptsMax = 3 }) { _, _ in
            .early(403, refusal, closing: closing)
        }
        let store = try scripted.store()
        let error = failure { try store.putFile("x", fromPath: path) }
        // A connection that was reset may have swallowed the answer; then it is a cut.
        #expect(error?.message.contains("does not allow it") == true || closing)
        #expect(error?.kind == .failed)
    }

    @Test func `the code of an early refusal counts, though it comes behind its head`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/in"
        try makeFile(path, bytes: 12 << 20)
        let expired = Array("<Error><Code>ExpiredToken</Code></Error>".utf8)
        let scripted = try ScriptedStore(
            .changed { options in
                options.accessKey = nil
                options.secretKey = nil
                options.environment = [
                    "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S",
                    "AWS_SESSION_TOKEN": "T",
                ]
            }
        ) { number, _ in
            number == 1
                ? .early(400, expired, closing: false, gapMicroseconds: 50_000) : .answer(200)
        }
        try scripted.store().putFile("x", fromPath: path)
        #expect(scripted.server.requests.count == 2)
        #expect(scripted.server.requests.last?.body.count == 12 << 20)
    }

    @Test func `a taken key is no retry, and a conflict is one`() throws {
        let scripted = try ScriptedStore(
            .error(409, "ConditionalRequestConflict"),
            .error(412, "PreconditionFailed")
        )
        let store = try scripted.store()
        let error = failure { try store.put("x", [1], ifAbsent: true) }
        #expect(error?.kind == .exists)
        #expect(scripted.server.requests.count == 2)
        #expect(scripted.server.requests.allSatisfy { $0.headers["if-none-match"] == "*" })
    }

    @Test func `a conditional put whose answer was lost says that the key is taken`() throws {
        let scripted = try ScriptedStore(.close, .error(412, "PreconditionFailed"))
        let store = try scripted.store()
        let error = failure { try store.put("x", [1], ifAbsent: true) }
        #expect(error?.kind == .exists)
        #expect(error?.message.contains("whose answer was lost") == true)
    }

    @Test func `the first conditional put proves that the store honours conditions`() throws {
        let honest = try ScriptedStore(
            .answer(200),
            .error(412, "PreconditionFailed"),
            .answer(200)
        )
        let store = try honest.store()
        try store.put("x", [1], ifAbsent: true)
        try store.put("y", [1], ifAbsent: true)
        #expect(honest.server.requests.count == 3)
        let careless = try ScriptedStore(.answer(200))
        let other = try careless.store()
        let error = failure { try other.put("x", [1], ifAbsent: true) }
        #expect(error?.message.contains("ignores 'If-None-Match: *'") == true)
        #expect(error?.kind == .unsupported)
    }

    @Test func `a wrong clock is set by the store's`() throws {
        let time = ManualTime(startMicroseconds: 1_369_353_600_000_000)
        let scripted = try ScriptedStore(time: time) { number, _ in
            number == 1
                ? .answer(
                    403,
                    ["Date": "Fri, 24 May 2013 05:00:00 GMT"],
                    Array("<Error><Code>RequestTimeTooSkewed</Code></Error>".utf8)
                ) : .answer(200)
        }
        let store = try scripted.store()
        try store.put("x", [1], ifAbsent: false)
        try store.put("y", [1], ifAbsent: false)
        let times = scripted.server.requests.map { $0.headers["x-amz-date"] }
        #expect(times == ["20130524T000000Z", "20130524T050000Z", "20130524T050000Z"])
        #expect(scripted.pauses.isEmpty)
    }

    @Test func `a bucket elsewhere names its region`() throws {
        for reply in [
            Reply.error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
            .answer(301, ["x-amz-bucket-region": "eu-west-1"]),
        ] {
            let scripted = try ScriptedStore(reply)
            let store = try scripted.store()
            let error = failure { try store.get("x") }
            #expect(error?.message.contains("Set 's3.endpoint.region'") == true)
            #expect(error?.message.contains("'eu-west-1'") == true)
            #expect(error?.isRetryable == false)
            #expect(scripted.server.requests.count == 1)
        }
    }

    @Test(arguments: [
        (Reply.error(404, "NoSuchBucket"), "there is no bucket 'bucket'"),
        (.error(403, "AccessDenied"), "Allow s3:GetObject on arn:aws:s3:::bucket/base/*"),
        (.error(403, "InvalidAccessKeyId"), "does not know the access key from 's3.access-key'"),
        (.error(403, "SignatureDoesNotMatch"), "does not fit the access key"),
        (.error(501, "NotImplemented"), "does not know GetObject"),
    ])
    func `a refusal says what to do`(reply: Reply, hint: String) throws {
        let scripted = try ScriptedStore(reply)
        let store = try scripted.store()
        let error = failure { try store.get("x") }
        let message = error?.message ?? ""
        #expect(message.contains(hint), "\(message)")
        #expect(message.contains("s3://bucket/base/x"))
        #expect(!message.contains("wJalrXUtnFEMI"))
        #expect(error?.kind == .failed)
        #expect(error?.isRetryable == false)
    }

    @Test(arguments: [
        Reply.error(403, "QuotaExceeded"), .error(507, "XMinioStorageFull"), .answer(507),
    ])
    func `a full store is full`(reply: Reply) throws {
        let scripted = try ScriptedStore(reply)
        let store = try scripted.store()
        #expect(failure { try store.put("x", [1], ifAbsent: false) }?.kind == .full)
    }

    @Test func `nobody at the endpoint is told with the endpoint`() throws {
        let scripted = try ScriptedStore(.answer(200))
        scripted.server.stop()
        let store = try scripted.store()
        let error = failure { try store.get("x") }
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("cannot be reached") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("127.0.0.1:\(scripted.server.port)") == true)
    }

    @Test func `an unknown host is told with its name`() throws {
        let scripted = try ScriptedStore(
            .changed { options in
                options.endpoint = "http://s3.nowhere.invalid:9"
                options.attemptsMax = 1
            }
        ) { _, _ in .close }
        let store = try scripted.store()
        let error = failure { try store.get("x") }
        #expect(error?.message.contains("bucket.s3.nowhere.invalid") == true)
        #expect(error?.message.contains("s3.path.style.access") == true, "\(error?.message ?? "")")
    }

    @Test func `TLS with somebody who speaks none is no retry`() throws {
        let scripted = try ScriptedStore(.answer(200))
        var options = S3Options()
        options.accessKey = "a"
        options.secretKey = "b"
        options.attemptsMax = 2
        options.endpoint = "https://127.0.0.1:\(scripted.server.port)"
        options.connectMicroseconds = 2_000_000
        let opener = StoreOpener(options: options) { _, _ in }
        defer { opener.close() }
        let store = try opener.open("s3://bucket/x")
        let error = failure { try store.get("x") }
        #expect(error?.message.isEmpty == false)
        #expect(error?.kind == .failed)
    }

    @Test func `closing ends what is under way, and later calls fail`() throws {
        let scripted = try ScriptedStore { _, _ in .hang }
        let store = try scripted.store()
        let thread = WorkerThread(name: "caller") {
            let error = failure { try store.get("x") }
            #expect(error?.kind == .failed)
        }
        while scripted.server.requests.isEmpty { ThreadSignal().wait(forMicroseconds: 1000) }
        scripted.opener.close()
        thread.join()
        #expect(failure { try store.get("x") }?.message.contains("closed") == true)
        #expect(failure { try scripted.opener.open("s3://bucket/x") } != nil)
        scripted.opener.close()
    }
}
