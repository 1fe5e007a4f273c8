import Foundation
import ManagementAPI
import ManagementKit
import RESTClient
import RESTServer
import Testing

/// The interface over TLS, with a certificate made for the test.
@Suite struct TLSTests {
    /// Makes a certificate for 127.0.0.1 with the program that every system has for it.
    private func makeCertificate(in folder: URL) throws -> RESTServerOptions.TLSFiles {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = RESTServerOptions.TLSFiles(
            certificateChain: folder.appending(path: "chain.pem").path,
            privateKey: folder.appending(path: "key.pem").path
        )
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", files.privateKey, "-out", files.certificateChain,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return files
    }

    @Test func `a client that trusts the certificate is answered, another one is not`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "apus-tls-\(UInt64.random(in: .min ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = RESTServerOptions()
        options.tls = try makeCertificate(in: folder)
        let authority = options.tls?.certificateChain
        try await RunningServer.run(options) { running async throws in
            #expect(running.address.hasPrefix("https://127.0.0.1:"))
            var trusting = RESTClientOptions(address: running.address)
            trusting.authorityFile = authority
            trusting.repeatableTimeoutMilliseconds = 600_000
            let result = try await ask(trusting)
            #expect(result == .success(1))
            guard
                case .failure(let error) = try await ask(
                    RESTClientOptions(address: running.address)
                )
            else {
                Issue.record("a certificate of nobody is trusted")
                return
            }
            #expect(error.kind == .unreachable)
            let hint = "--ca-file names the authority to trust"
            #expect(error.message.contains(hint), "\(error.message)")
        }
    }

    /// Asks for the number of jobs.
    private func ask(_ options: RESTClientOptions) async throws -> Result<Int, ClientError> {
        try await OwnThread.run {
            do throws(ClientError) {
                let client = try RESTClient(options)
                defer { client.close() }
                return .success(try client.jobs().jobs.count)
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func `files that are none are told at the start`() async throws {
        var options = RESTServerOptions()
        options.tls = RESTServerOptions.TLSFiles(certificateChain: "/none", privateKey: "/none")
        let error = await #expect(throws: ServiceError.self) {
            try await RunningServer.run(options) { _ in }
        }
        #expect(error?.message.contains("cannot use its TLS files") == true)
    }
}
