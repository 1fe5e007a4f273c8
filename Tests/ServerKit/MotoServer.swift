import Glibc
import Synchronization

/// A moto server: an S3 in memory, with users and policies, that checks signatures.
///
/// It never outlives the test process: a shell holds a pipe to us and stops the server when the
/// pipe closes, however we end. `deploy/install-packages.sh` installs it into `.build/python`.
package final class MotoServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    /// A user who may do everything with S3, and nothing else.
    package let accessKey: String
    package let secretKey: String
    private let process: ChildProcess

    package var endpoint: String { "http://127.0.0.1:\(port)" }

    /// Starts a server with buckets, and switches the checking of signatures on.
    package init(buckets: [String]) throws {
        let listener = try LoopbackSocket.listen()
        port = listener.port
        listener.close()
        let program = try Self.program()
        let script = """
            '\(program)' -H 127.0.0.1 -p \(port) >/dev/null 2>&1 </dev/null &
            server=$!
            read word
            kill -KILL $server 2>/dev/null
            wait $server
            """
        process = try ChildProcess.start(["sh", "-c", script], withInput: true)
        do {
            try Self.waitUntilReady(port)
            for bucket in buckets { try Self.call(port, "PUT", "/\(bucket)", service: "s3") }
            (accessKey, secretKey) = try Self.makeUser(port)
            try Self.call(port, "POST", "/moto-api/reset-auth", body: "0")
        } catch {
            process.endInput()
            process.wait()
            throw error
        }
    }

    deinit {
        process.endInput()
        process.wait()
    }

    /// The repository's folder, seen from this file.
    private static func program() throws -> String {
        let parts = #filePath.split(separator: "/").dropLast(3)
        let program = "/" + parts.joined(separator: "/") + "/.build/python/bin/moto_server"
        guard unsafe access(program, X_OK) == 0 else {
            throw Failure(
                description: "\(program) is not there: run deploy/install-packages.sh"
            )
        }
        return program
    }

    private static func waitUntilReady(_ port: Int) throws {
        for _ in 0..<600 {
            if let answer = try? call(port, "GET", "/moto-api/data.json"), !answer.isEmpty {
                return
            }
            usleep(50_000)
        }
        throw Failure(description: "the moto server on port \(port) does not start")
    }

    /// Makes a user with a policy and a key.
    private static func makeUser(_ port: Int) throws -> (String, String) {
        let policy =
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A"
            + "%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
        func iam(_ form: String) throws -> String {
            try call(
                port,
                "POST",
                "/",
                service: "iam",
                body: form + "&Version=2010-05-08"
            )
        }
        _ = try iam("Action=CreateUser&UserName=apus")
        _ = try iam(
            "Action=PutUserPolicy&UserName=apus&PolicyName=all&PolicyDocument=\(policy)"
        )
        let answer = try iam("Action=CreateAccessKey&UserName=apus")
        return (try field("AccessKeyId", answer), try field("SecretAccessKey", answer))
    }

    private static func field(_ name: String, _ xml: String) throws -> String {
        let parts = xml.split(separator: "<")
        guard let part = parts.first(where: { $0.hasPrefix("\(name)>") }) else {
            throw Failure(description: "moto gave no \(name): \(xml)")
        }
        return String(part.dropFirst(name.count + 1))
    }

    /// Makes one request whose signature is none; its scope names the service.
    @discardableResult
    private static func call(
        _ port: Int,
        _ method: String,
        _ path: String,
        service: String = "s3",
        body: String = ""
    ) throws -> String {
        guard let socket = LoopbackSocket.connect(port: port) else {
            throw Failure(description: "nobody listens on port \(port)")
        }
        defer { socket.close() }
        let scope = "x/20260101/us-east-1/\(service)/aws4_request"
        let type = service == "iam" ? "application/x-www-form-urlencoded" : "text/plain"
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
            + "Authorization: AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=host, "
            + "Signature=x\r\n"
            + "Content-Type: \(type)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        socket.send(Array((head + body).utf8))
        var all: [UInt8] = []
        while true {
            let block = socket.receive()
            if block.isEmpty { break }
            all += block
        }
        let text = String(decoding: all, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200") || text.hasPrefix("HTTP/1.0 200") else {
            throw Failure(description: "\(method) \(path) at moto failed: \(text.prefix(600))")
        }
        return text
    }
}
