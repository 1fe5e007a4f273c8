import Testing

/// Configuration files that cannot be used, and the forms of those that can.
@Suite struct SettingsFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let yaml: String
        /// What is said; `FILE` stands for the path.
        let message: String

        init(_ name: String, _ yaml: String, _ message: String) {
            self.name = name
            self.yaml = yaml
            self.message = message
        }

        var testDescription: String { name }
    }

    private static let port =
        "configuration file 'FILE': 'jobmanager.rpc.port' is a whole number from 1 to 65535, not"

    static let cases = [
        Case("no YAML", "rest: [", "The configuration file 'FILE' is no YAML: "),
        Case("a list", "- rest.port", "The configuration file 'FILE' must hold keys and values.\n"),
        Case("a text", "rest.port", "The configuration file 'FILE' must hold keys and values.\n"),
        Case(
            "a list of lists",
            "rest:\n  port: [1, [2]]",
            "'rest.port' in 'FILE' is a list of more than texts.\n"
        ),
        Case(
            "a key that is a list",
            "rest:\n  ? [a]\n  : 1",
            "A key below 'rest' in 'FILE' is no text.\n"
        ),
        Case(
            "an unknown key",
            "rest:\n  prot: 1",
            "configuration file 'FILE': there is no setting 'rest.prot'. Did you mean "
                + "'rest.port'?\n"
        ),
        Case(
            "a value in the place of keys",
            "rest: 1",
            "configuration file 'FILE': there is no setting 'rest'.\n"
        ),
        Case("a nested key", "jobmanager:\n  rpc:\n    port: none", "\(port) 'none'.\n"),
        Case("a dotted key", "jobmanager.rpc.port: none", "\(port) 'none'.\n"),
        Case("a key of both kinds", "jobmanager:\n  rpc.port: none", "\(port) 'none'.\n"),
        Case("a list of texts", "jobmanager.rpc.port: [1, 2]", "\(port) '1,2'.\n"),
        Case(
            "what an alias stands for",
            "jobmanager.name: &name none\njobmanager.rpc.port: *name",
            "\(port) 'none'.\n"
        ),
    ]

    @Test(arguments: cases)
    func `what a file says wrongly is told with its name`(wrong: Case) throws {
        let folder = try DaemonFolder()
        let file = try folder.write("jobmanager.yaml", wrong.yaml)
        let (exit, text) = try folder.refusal(.jobManager, ["--config", file])
        #expect(exit == 2)
        let message = "error: " + wrong.message.replacing("FILE", with: file)
        #expect(text.hasPrefix(message), "\(text)")
        #expect(text == message || !message.hasSuffix("\n"))
    }

    @Test func `a file that is not there is named`() throws {
        let (exit, text) = try DaemonFolder().refusal(.jobManager, ["--config", "/none.yaml"])
        #expect(exit == 2)
        #expect(text.hasPrefix("error: The file '/none.yaml' cannot be read: "), "\(text)")
    }

    @Test func `an empty file says nothing`() throws {
        let folder = try DaemonFolder()
        let file = try folder.write("empty.yaml", "# nothing\n")
        let (exit, text) = try folder.refusal(
            .jobManager,
            ["--config", file, "-D", "log.format=x"]
        )
        #expect(exit == 2)
        #expect(text == "error: 'log.format' is text or json, not 'x'.\n")
    }
}
