import ObjectStore
import S3Store
import Testing

@Suite struct AddressTests {
    private func address(
        _ bucket: String = "bucket",
        _ change: (inout S3Options) -> Void
    ) throws -> S3Address {
        var options = S3Options()
        change(&options)
        return try S3Address(bucket: bucket, prefix: "a/", options: options)
    }

    @Test func `AWS is reached by the host of the bucket`() throws {
        let plain = try address { _ in }
        #expect(
            plain.url(path: plain.path(key: "a/x y"), query: [])
                == "https://bucket.s3.us-east-1.amazonaws.com/a/x%20y"
        )
        let china = try address { $0.region = "cn-north-1" }
        #expect(china.host == "bucket.s3.cn-north-1.amazonaws.com.cn")
        #expect(china.endpoint == "https://s3.cn-north-1.amazonaws.com.cn")
        let list = plain.url(path: plain.path(key: nil), query: [QueryItem("list-type", "2")])
        #expect(list == "https://bucket.s3.us-east-1.amazonaws.com/?list-type=2")
    }

    @Test func `a bucket that does not fit a certificate is in the path`() throws {
        let dotted = try address("my.bucket") { _ in }
        #expect(
            dotted.url(path: dotted.path(key: "k"), query: [])
                == "https://s3.us-east-1.amazonaws.com/my.bucket/k"
        )
        #expect(try address("Old_Bucket") { _ in }.isPathStyle)
    }

    @Test func `an endpoint without a domain has the bucket in the path`() throws {
        for endpoint in ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"] {
            let address = try address { $0.endpoint = endpoint }
            #expect(address.isPathStyle)
            #expect(address.endpoint == endpoint)
            #expect(address.url(path: address.path(key: nil), query: []) == "\(endpoint)/bucket")
        }
        let named = try address { $0.endpoint = "https://minio.example.org/" }
        #expect(named.hostHeader == "bucket.minio.example.org")
        let forced = try address {
            $0.endpoint = "minio.example.org:9443"
            $0.isPathStyle = true
        }
        #expect(forced.hostHeader == "minio.example.org:9443")
        #expect(forced.isTLS)
        #expect(try address { $0.endpoint = "https://h.org:443" }.hostHeader == "bucket.h.org")
    }

    @Test(arguments: ["ftp://x", "https://", "http://host/path", "http://host:0", "http://u@host"])
    func `a wrong endpoint is refused`(endpoint: String) {
        let error = failure { try address { $0.endpoint = endpoint } }
        #expect(error?.message.contains("'s3.endpoint' is '\(endpoint)'") == true)
    }

    @Test func `options are read by their names in Flink, new and old`() throws {
        let options = try S3Options(
            configuration: [
                "s3.access.key": "a", "s3.secret-key": "b", "s3.region": "eu-west-1",
                "s3.path-style-access": "TRUE", "s3.sse.type": "aws:kms",
                "s3.sse.kms.key-id": "alias/k", "s3.upload.min.part.size": "8 mb",
                "s3.socket.timeout": "5 s", "s3.retry.max-num-retries": "0", "other": "x",
            ],
            environment: ["AWS_ENDPOINT_URL": "http://e:1", "AWS_REGION": "us-west-2"]
        )
        #expect(options.accessKey == "a")
        #expect(options.region == "eu-west-1")
        #expect(options.endpoint == "http://e:1")
        #expect(options.isPathStyle == true)
        #expect(options.encryption == .kms(keyID: "alias/k"))
        #expect(options.partBytes == 8 << 20)
        #expect(options.idleMicroseconds == 5_000_000)
        #expect(options.attemptsMax == 1)
        let shown = "\(options)\(String(reflecting: options))"
        #expect(!shown.contains("\"b\""))
    }

    @Test(arguments: [
        (["s3.acces-key": "x"], "Did you mean 's3.access-key'?"),
        (["s3.access-key": "x"], "must be set together"),
        (["s3.path.style.access": "maybe"], "true or false"),
        (["s3.upload.min.part.size": "1mb"], "from 5mb to 5gb"),
        (["s3.connection.timeout": "soon"], "a duration"),
        (["s3.sse.type": "rot13"], "none, AES256 or aws:kms"),
        (["s3.sse.kms.key-id": "k"], "needs 's3.sse.type'"),
    ])
    func `a wrong option is named`(configuration: [String: String], hint: String) {
        let error = failure { try S3Options(configuration: configuration, environment: [:]) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test func `parts are never more than ten thousand`() {
        #expect(S3Multipart.partBytes(count: 100 << 20, wanted: 16 << 20) == 16 << 20)
        let huge: Int64 = 5 << 40
        let part = S3Multipart.partBytes(count: huge, wanted: 16 << 20)
        #expect((huge + part - 1) / part <= 10_000)
    }
}
