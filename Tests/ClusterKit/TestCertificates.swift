import Foundation
import ObjectStore
import TestKit

/// Certificates for programs at 127.0.0.1 and their authority, made by `openssl` in a folder that
/// ends with its owner.
package final class TestCertificates: Sendable {
    package let folder: String

    package init() throws {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        folder = "/tmp/apus-certificates-\(name)"
        try LocalFiles.makeFolders(folder)
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try openssl(
            "req -x509 \(key) -days 2 -subj /CN=authority -keyout authority.key "
                + "-out authority.pem"
        )
        try openssl("req \(key) -subj /CN=apus -keyout apus.key -out apus.csr")
        try LocalFiles.write(
            "\(folder)/names",
            Array("subjectAltName=IP:127.0.0.1,DNS:localhost\n".utf8)
        )
        try openssl(
            "x509 -req -days 2 -in apus.csr -CA authority.pem -CAkey authority.key "
                + "-CAcreateserial -extfile names -out apus.pem"
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func openssl(_ words: String) throws {
        let process = try ChildProcess.start(
            ["sh", "-c", "cd '\(folder)' && openssl \(words)"],
            capturing: true
        )
        let text = process.readAll()
        guard process.wait() == 0 else {
            throw WatchedProcess.Failure(description: "openssl \(words): \(text)")
        }
    }

    package var authorityFile: String { "\(folder)/authority.pem" }

    /// Mutual TLS between programs, which also check each other's address.
    package var inside: [(String, String)] {
        [
            ("security.ssl.internal.enabled", "true"),
            ("security.ssl.internal.cert-file", "\(folder)/apus.pem"),
            ("security.ssl.internal.key-file", "\(folder)/apus.key"),
            ("security.ssl.internal.ca-file", authorityFile),
            ("security.ssl.internal.verify-hostname", "true"),
        ]
    }

    /// The settings of a program that talks TLS to everybody.
    package var settings: [(String, String)] {
        inside + [
            ("security.ssl.rest.cert-file", "\(folder)/apus.pem"),
            ("security.ssl.rest.key-file", "\(folder)/apus.key"),
        ]
    }
}
