import Core
import ObjectStore
import S3Store
import Testing

/// Where credentials come from, against small servers on this machine.
@Suite struct CredentialsTests {
    static let now: Int64 = 1_800_000_000_000_000
    static let hourLater = "2027-01-15T09:00:00Z"

    /// The credentials that an environment leads to.
    private func credentials(
        _ environment: [String: String],
        time: any TimeSource = ManualTime(startMicroseconds: CredentialsTests.now),
        _ body: (CredentialsCache) throws -> Void
    ) throws {
        var options = try S3Options(configuration: [:], environment: environment)
        options.connectMicroseconds = 500_000
        let opener = StoreOpener(options: options, time: time) { _, _ in }
        defer { opener.close() }
        try body(try opener.credentials())
    }

    private static func document(_ number: Int, until: String = hourLater) -> Reply {
        .xml(
            """
            {"Code":"Success","AccessKeyId":"A\(number)","SecretAccessKey":"S\(number)",
            "Token":"T\(number)","Expiration":"\(until)"}
            """
        )
    }

    @Test func `the environment comes first`() throws {
        let folder = try ScratchFolder()
        let file = "\(folder.path)/credentials"
        try LocalFiles.write(file, Array("[default]\naws_access_key_id=P".utf8))
        try credentials([
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T",
            "AWS_SHARED_CREDENTIALS_FILE": file,
        ]) { cache throws in
            let found = try cache.current()
            #expect(found.accessKey == "A")
            #expect(found.secretKey == "S")
            #expect(found.sessionToken == "T")
            #expect(!"\(found)".contains("\"S\""))
        }
        try credentials(["AWS_ACCESS_KEY_ID": "A"]) { cache throws in
            #expect(failure { try cache.current() }?.message.contains("set together") == true)
        }
    }

    @Test func `the configuration comes before everything`() throws {
        let options = try S3Options(
            configuration: ["s3.access-key": "C", "s3.secret-key": "D"],
            environment: ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]
        )
        let opener = StoreOpener(options: options)
        defer { opener.close() }
        #expect(try opener.credentials().current().accessKey == "C")
    }

    @Test func `a profile is found by its name in both files`() throws {
        let folder = try ScratchFolder()
        let shared = "\(folder.path)/credentials"
        let config = "\(folder.path)/config"
        try LocalFiles.write(
            shared,
            Array(
                """
                # comment
                [default]
                aws_access_key_id = D
                aws_secret_access_key = d=/+
                [ other ]
                aws_access_key_id=O
                aws_secret_access_key=o
                aws_session_token=t
                """.utf8
            )
        )
        try LocalFiles.write(
            config,
            Array(
                """
                [profile third]
                region = eu-north-1
                s3 =
                    aws_access_key_id = nested
                aws_access_key_id = C
                aws_secret_access_key = c
                [profile sso]
                sso_start_url = https://x
                """.utf8
            )
        )
        var environment = ["AWS_SHARED_CREDENTIALS_FILE": shared, "AWS_CONFIG_FILE": config]
        try credentials(environment) { cache throws in
            let found = try cache.current()
            #expect(found.accessKey == "D")
            #expect(found.secretKey == "d=/+")
            #expect(found.source.contains(shared))
        }
        environment["AWS_PROFILE"] = "other"
        try credentials(environment) { cache throws in
            #expect(try cache.current().sessionToken == "t")
        }
        environment["AWS_PROFILE"] = "third"
        try credentials(environment) { cache throws in #expect(try cache.current().accessKey == "C")
        }
        #expect(
            try S3Options(configuration: [:], environment: environment).region == "eu-north-1"
        )
        for name in ["sso", "absent"] {
            environment["AWS_PROFILE"] = name
            try credentials(environment) { cache throws in
                let error = failure { try cache.current() }
                #expect(error?.message.contains("'\(name)' has no aws_access_key_id") == true)
            }
        }
    }

    private static func role(_ number: Int, until: String = hourLater) -> Reply {
        .xml(
            """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
            <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A\(number)</AccessKeyId>
            <SecretAccessKey>S\(number)</SecretAccessKey><SessionToken>T\(number)</SessionToken>
            <Expiration>\(until)</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """
        )
    }

    @Test func `a web identity is exchanged, and its token read again for each refresh`() throws {
        let folder = try ScratchFolder()
        let file = "\(folder.path)/token"
        try LocalFiles.write(file, Array("first+\n".utf8))
        let server = try ScriptedServer { number, _ in
            number == 1
                ? .answer(500)
                : Self.role(number, until: number == 2 ? Self.hourLater : "2027-01-15T10:00:00Z")
        }
        defer { server.stop() }
        let time = ManualTime(startMicroseconds: Self.now)
        try credentials(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
                "AWS_ENDPOINT_URL_STS": server.endpoint,
            ],
            time: time
        ) { cache throws in
            #expect(try cache.current().accessKey == "A2")
            #expect(try cache.current().sessionToken == "T2")
            #expect(server.requests.count == 2)
            let form = server.requests[1].text
            #expect(form.contains("Action=AssumeRoleWithWebIdentity"))
            #expect(form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"))
            #expect(form.contains("WebIdentityToken=first%2B"))
            try LocalFiles.remove(file)
            try LocalFiles.write(file, Array("second".utf8))
            time.advance(byMicroseconds: 3_400_000_000)
            #expect(try cache.current().accessKey == "A3")
            #expect(server.requests.last?.text.contains("WebIdentityToken=second") == true)
        }
    }

    @Test func `a refused role is told, and no other place is asked`() throws {
        let folder = try ScratchFolder()
        let file = "\(folder.path)/token"
        try LocalFiles.write(file, Array("secret-token".utf8))
        let refusal =
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized"
            + "</Message></Error></ErrorResponse>"
        let server = try ScriptedServer([.answer(403, [:], Array(refusal.utf8))])
        defer { server.stop() }
        try credentials([
            "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:r",
            "AWS_ENDPOINT_URL_STS": server.endpoint,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/other",
        ]) { cache throws in
            let error = failure { try cache.current() }
            #expect(error?.message.contains("403 AccessDenied Not authorized") == true)
            #expect(error?.message.contains("secret-token") == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a container is asked with its token`() throws {
        let folder = try ScratchFolder()
        let file = "\(folder.path)/token"
        try LocalFiles.write(file, Array("Bearer x\n".utf8))
        let server = try ScriptedServer { number, _ in Self.document(number) }
        defer { server.stop() }
        try credentials([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
        ]) { cache throws in
            #expect(try cache.current().accessKey == "A1")
            #expect(server.requests.first?.path == "/v1/credentials")
            #expect(server.requests.first?.headers["authorization"] == "Bearer x")
        }
        for url in ["http://example.org/x", "http://127.0.0.1@example.org/", "ftp://localhost/"] {
            try credentials(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]) { cache throws in
                #expect(failure { try cache.current() }?.message.contains(url) == true)
            }
        }
    }

    @Test func `instance metadata are asked with a token of version 2`() throws {
        let server = try ScriptedServer { number, request in
            switch request.path {
            case "/latest/api/token":
                request.method == "PUT" ? .xml("proof") : .answer(405)
            case "/latest/meta-data/iam/security-credentials/": .xml("web\n")
            case "/latest/meta-data/iam/security-credentials/web": Self.document(number)
            default: .answer(404)
            }
        }
        defer { server.stop() }
        try credentials(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint]) { cache throws in
            #expect(try cache.current().accessKey == "A3")
            let requests = server.requests
            #expect(requests[0].headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
            #expect(requests[1].headers["x-aws-ec2-metadata-token"] == "proof")
            #expect(requests[2].headers["x-aws-ec2-metadata-token"] == "proof")
        }
    }

    @Test func `without any the places that were looked at are told`() throws {
        try credentials([
            "AWS_EC2_METADATA_DISABLED": "true"
        ]) { cache throws in
            let message = failure { try cache.current() }?.message ?? ""
            #expect(message.contains("AWS_ACCESS_KEY_ID"))
            #expect(message.contains("AWS_WEB_IDENTITY_TOKEN_FILE"))
            #expect(message.contains("instance metadata"))
        }
        let server = try ScriptedServer([.answer(404)])
        defer { server.stop() }
        try credentials(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint]) { cache throws in
            let message = failure { try cache.current() }?.message ?? ""
            #expect(message.contains("set 's3.access-key'"))
            #expect(message.contains("404"))
        }
    }

    @Test func `credentials are refreshed early, and old ones serve while that fails`() throws {
        let time = ManualTime(startMicroseconds: Self.now)
        let server = try ScriptedServer { number, _ in
            switch number {
            case 1: Self.document(1)
            case 2...7: .answer(500)
            default: Self.document(number, until: "2027-01-15T10:00:00Z")
            }
        }
        defer { server.stop() }
        try credentials(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint)/c"],
            time: time
        ) { cache throws in
            #expect(try cache.current().accessKey == "A1")
            time.advance(byMicroseconds: 3_200_000_000)
            #expect(try cache.current().accessKey == "A1")
            #expect(server.requests.count == 1)
            // Less than five minutes are left: three attempts that fail, and a pause.
            time.advance(byMicroseconds: 150_000_000)
            #expect(try cache.current().accessKey == "A1")
            #expect(server.requests.count == 4)
            #expect(try cache.current().accessKey == "A1")
            #expect(server.requests.count == 4)
            // They have expired: now the failure is told.
            time.advance(byMicroseconds: 300_000_000)
            let error = failure { try cache.current() }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("500") == true)
            #expect(server.requests.count == 7)
            #expect(failure { try cache.current() }?.message.contains("500") == true)
            #expect(server.requests.count == 7)
            time.advance(byMicroseconds: 60_000_000)
            #expect(try cache.current().accessKey == "A8")
        }
    }

    @Test func `credentials that the store calls expired are fetched anew, once`() throws {
        let providers = try ScriptedServer { number, _ in Self.document(number) }
        let store = try ScriptedServer { number, _ in
            number == 1 ? .error(400, "ExpiredToken") : .answer(200)
        }
        defer {
            providers.stop()
            store.stop()
        }
        var options = try S3Options(
            configuration: [:],
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(providers.endpoint)/c"]
        )
        options.endpoint = store.endpoint
        let opener = StoreOpener(
            options: options,
            time: ManualTime(startMicroseconds: Self.now)
        ) { _, _ in }
        defer { opener.close() }
        try opener.open("s3://bucket/x").put("k", [1], ifAbsent: false)
        #expect(providers.requests.count == 2)
        #expect(store.requests.map { $0.headers["x-amz-security-token"] } == ["T1", "T2"])
    }
}
