import ArgumentParser
import Core
import FoundationEssentials
import ObjectStore
package import RESTClient

/// Which job manager a command talks to, and the form of what it says.
package struct ClusterArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The job manager; APUS_JOBMANAGER or \(Self.defaultAddress) if not given.",
            valueName: "url"
        )
    )
    var jobmanager: String?

    @Option(
        help: """
            The token of the job manager's configuration. Other users of this machine see it in \
            the list of processes: prefer --token-file or APUS_TOKEN.
            """
    )
    var token: String?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp("A file with the token.", valueName: "file")
    )
    var tokenFile: String?

    @Option(
        name: .customLong("ca-file"),
        help: ArgumentHelp("A PEM file with authorities to trust for https.", valueName: "file")
    )
    var authorityFile: String?

    @Option(help: "Tables for people, or JSON on standard output.")
    package var output = OutputForm.text

    static let defaultAddress = "http://127.0.0.1:8081"

    package init() {}

    package func validate() throws {
        if token != nil, tokenFile != nil {
            throw ValidationError("Give --token or --token-file, not both.")
        }
    }

    /// How the client reaches the job manager.
    package func clientOptions(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> RESTClientOptions {
        let address = jobmanager ?? environment["APUS_JOBMANAGER"] ?? Self.defaultAddress
        var options = RESTClientOptions(address: address)
        options.authorityFile = authorityFile
        if let tokenFile {
            options.token = try Self.readToken(tokenFile)
        } else {
            options.token = token ?? environment["APUS_TOKEN"]
        }
        if let token = options.token, token.contains(where: { $0.isWhitespace || !$0.isASCII }) {
            throw CommandFailure(.usage, "The token has a character that no token may have.")
        }
        return options
    }

    private static func readToken(_ path: String) throws(CommandFailure) -> String {
        let bytes: [UInt8]
        do throws(SystemFault) {
            bytes = try LocalFiles.read(path)
        } catch {
            throw CommandFailure(.usage, "The token file '\(path)' cannot be read: \(error)")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let token = text.split(whereSeparator: \.isWhitespace).first else {
            throw CommandFailure(.usage, "The token file '\(path)' is empty.")
        }
        return String(token)
    }
}
