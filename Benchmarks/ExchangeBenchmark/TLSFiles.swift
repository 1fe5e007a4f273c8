import BenchmarkKit
import Transport

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A certificate of an authority of its own, made by `openssl` in a temporary folder.
struct TLSFiles: ~Copyable {
    private let folder: String

    init() throws {
        folder = "/tmp/apus-exchange-\(getpid())"
        let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        let commands = [
            "mkdir -p \(folder)", "cd \(folder)",
            "openssl req -x509 \(curve) -days 2 -subj /CN=ca -keyout ca.key -out ca.pem",
            "openssl req \(curve) -subj /CN=apus -keyout own.key -out own.csr",
            "openssl x509 -req -days 2 -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
                + "-out own.pem",
        ]
        guard unsafe system("(\(commands.joined(separator: " && "))) >/dev/null 2>&1") == 0 else {
            throw BenchmarkFailure("openssl could not make certificates in \(folder)")
        }
    }

    deinit { _ = unsafe system("rm -rf \(folder)") }

    var options: TransportOptions.TLS {
        TransportOptions.TLS(
            certificateFile: "\(folder)/own.pem",
            keyFile: "\(folder)/own.key",
            authorityFile: "\(folder)/ca.pem"
        )
    }
}
