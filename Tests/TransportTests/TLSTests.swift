import ClusterProtocol
import Foundation
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#endif

/// Mutual TLS with certificates made by `openssl`.
@Suite struct TLSTests {
    /// A folder with two authorities and a certificate of each for 127.0.0.1.
    final class Certificates: Sendable {
        struct Failure: Error { let command: String }

        let folder: String

        init() throws {
            folder =
                FileManager.default.temporaryDirectory
                .appending(path: "apus-tls-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            for authority in ["ours", "theirs"] {
                try openssl(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                        + "-subj /CN=\(authority) -keyout \(authority)-ca.key -out \(authority)-ca.pem"
                )
                try openssl(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=apus "
                        + "-keyout \(authority).key -out \(authority).csr"
                )
                try sign(authority, as: authority, names: "IP:127.0.0.1")
            }
            try sign("ours", as: "elsewhere", names: "DNS:elsewhere.test")
        }

        /// Makes a certificate for some names, with the authority's own key pair for servers.
        private func sign(_ authority: String, as name: String, names: String) throws {
            try "subjectAltName=\(names)\n"
                .write(toFile: "\(folder)/names", atomically: true, encoding: .utf8)
            try openssl(
                "x509 -req -days 2 -in \(authority).csr -CA \(authority)-ca.pem "
                    + "-CAkey \(authority)-ca.key -CAcreateserial -extfile names -out \(name).pem"
            )
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        private func openssl(_ words: String) throws {
            let command = "cd '\(folder)' && openssl \(words) >/dev/null 2>&1"
            guard unsafe system(command) == 0 else { throw Failure(command: command) }
        }

        func options(
            _ name: String = "ours",
            checksServerName: Bool = false
        ) -> TransportOptions.TLS {
            TransportOptions.TLS(
                certificateFile: "\(folder)/\(name).pem",
                keyFile: "\(folder)/\(name).key",
                authorityFile: "\(folder)/\(name)-ca.pem",
                checksServerName: checksServerName
            )
        }
    }

    static let certificates = Result { try Certificates() }

    private func server(_ program: TestProgram, _ notes: Notes) throws -> ControlServer {
        try ControlServer.listen(
            program.network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager]
        ) { connection in
            connection.setHandlers(
                onMessage: { connection.send($0) },
                onClose: { notes.add($0) }
            )
        }
    }

    @Test(arguments: [false, true])
    func `messages go both ways over mutual TLS`(_ checksServerName: Bool) throws {
        let tls = try Self.certificates.get().options(checksServerName: checksServerName)
        let manager = try TestProgram("jm", .jobManager) { $0.tls = tls }
        let worker = try TestProgram("tm") { $0.tls = tls }
        defer {
            worker.close()
            manager.close()
        }
        let port = try server(manager, Notes()).port
        let connection = try ControlClient.connect(worker.network, host: "127.0.0.1", port: port)
        let answers = Notes()
        connection.setHandlers(
            onMessage: { answers.add("\($0.count)") },
            onClose: { _ in }
        )
        connection.send([UInt8](repeating: 1, count: 3_000_000))
        connection.send([1])
        #expect(answers.wait(for: 2) == ["3000000", "1"])
    }

    @Test func `batches go over mutual TLS`() throws {
        let tls = try Self.certificates.get().options()
        let pair = try ConnectionTests.Pair(DataPlaneTests.types) { $0.tls = tls }
        defer { pair.close() }
        for number in 0..<300 {
            let batch = try DataPlaneTests.batch(number)
            try pair.planeA.send(.batch(batch), channel: ConnectionTests.channel, to: "b")
        }
        #expect(pair.atB.wait(for: 300).count == 300)
    }

    @Test func `a name that is not in the certificate is refused when names are checked`() throws {
        let certificates = try Self.certificates.get()
        var elsewhere = certificates.options()
        elsewhere.certificateFile = "\(certificates.folder)/elsewhere.pem"
        let manager = try TestProgram("jm", .jobManager) { $0.tls = elsewhere }
        let strict = try TestProgram("tm") { $0.tls = certificates.options(checksServerName: true) }
        let lax = try TestProgram("tm") { $0.tls = certificates.options() }
        defer {
            for program in [manager, strict, lax] { program.close() }
        }
        let port = try server(manager, Notes()).port
        #expect(throws: TransportError.self) {
            _ = try ControlClient.connect(strict.network, host: "127.0.0.1", port: port)
        }
        #expect(strict.network.figures.refused[.tls] == 1)
        _ = try ControlClient.connect(lax.network, host: "127.0.0.1", port: port)
    }

    @Test func `a certificate of another authority is refused on both sides`() throws {
        let certificates = try Self.certificates.get()
        let manager = try TestProgram("jm", .jobManager) { $0.tls = certificates.options() }
        // It trusts our authority, but shows a certificate of another one.
        var mixed = certificates.options("theirs")
        mixed.authorityFile = certificates.options().authorityFile
        let stranger = try TestProgram("tm") { $0.tls = mixed }
        let foreign = try TestProgram("tm") { $0.tls = certificates.options("theirs") }
        defer {
            for program in [manager, stranger, foreign] { program.close() }
        }
        let port = try server(manager, Notes()).port
        for program in [stranger, foreign] {
            #expect(throws: TransportError.self) {
                _ = try ControlClient.connect(program.network, host: "127.0.0.1", port: port)
            }
        }
        #expect(TestProgram.eventually { manager.network.figures.refused[.tls] == 2 })
        #expect(manager.refusals.wait(for: 2).allSatisfy { $0.contains("TLS failed") })
    }

    @Test func `one end with TLS and one without do not connect`() throws {
        let certificates = try Self.certificates.get()
        let secure = try TestProgram("jm", .jobManager) { $0.tls = certificates.options() }
        let plain = try TestProgram("jm2", .jobManager)
        let secureWorker = try TestProgram("tm") {
            $0.tls = certificates.options()
            $0.handshakeTimeoutMicroseconds = 3_000_000
        }
        let plainWorker = try TestProgram("tm") { $0.handshakeTimeoutMicroseconds = 3_000_000 }
        defer {
            for program in [secure, plain, secureWorker, plainWorker] { program.close() }
        }
        let securePort = try server(secure, Notes()).port
        let plainPort = try server(plain, Notes()).port
        #expect(throws: TransportError.self) {
            _ = try ControlClient.connect(plainWorker.network, host: "127.0.0.1", port: securePort)
        }
        #expect(TestProgram.eventually { secure.network.figures.refused[.tls] == 1 })
        #expect(throws: TransportError.self) {
            _ = try ControlClient.connect(secureWorker.network, host: "127.0.0.1", port: plainPort)
        }
        #expect(plain.refusals.wait(for: 1).first?.contains("look like TLS") == true)
    }

    @Test func `files that are no certificates are an error at the start`() throws {
        let certificates = try Self.certificates.get()
        var broken = certificates.options()
        broken.keyFile = "/nonexistent/key.pem"
        let error = #expect(throws: TransportError.self) {
            _ = try TestProgram("tm") { $0.tls = broken }
        }
        #expect(error?.message.contains("/nonexistent/key.pem") == true)
    }
}
