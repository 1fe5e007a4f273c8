import ConnectorCatalogue
import Connectors
import Daemons
import Expressions
import Formats
import JobControl
import Planner
import Testing

/// The documents say what the code says; a difference is named.
///
/// With `APUS_RECORD=1` in the environment, tables that differ are written anew.
@Suite(.serialized) struct DocsTests {
    /// A table that code prints, and the document that shows it.
    private struct Generated {
        let kind: String
        let name: String
        let table: String
    }

    private static let options: [Generated] =
        AllConnectors.registry.factories.map { factory in
            Generated(
                kind: "options",
                name: factory.identifier,
                table: factory.options.isEmpty
                    ? "It has no options.\n" : OptionTable.markdown(factory.options)
            )
        }
        + FormatRegistry.builtIn.map { format in
            Generated(
                kind: "options",
                name: "format \(format.identifier)",
                table: OptionTable.markdown(
                    format.options.map {
                        OptionDescription(
                            "\(format.identifier).\($0.key)",
                            default: $0.defaultValue,
                            $0.summary
                        )
                    }
                )
            )
        }

    private func check(_ document: DocumentFile, _ generated: [Generated]) throws {
        for expected in generated {
            guard let found = document.table(expected.kind, expected.name) else {
                Issue.record(
                    "\(document.path) lacks <!-- \(expected.kind): \(expected.name) --> … <!-- end -->"
                )
                continue
            }
            let wanted = expected.table.split(separator: "\n")
            let given = found.split(separator: "\n")
            guard given != wanted else { continue }
            let missing = wanted.filter { !given.contains($0) }.joined(separator: "\n")
            let wrong = given.filter { !wanted.contains($0) }.joined(separator: "\n")
            Issue.record(
                """
                \(document.path): the table '\(expected.name)' differs from the code \
                (APUS_RECORD=1 writes it anew).
                missing:
                \(missing)
                not in the code:
                \(wrong)
                """
            )
            if DocumentFile.isRecording {
                try document.record(expected.kind, expected.name, expected.table)
            }
        }
        for kind in Set(generated.map(\.kind)) {
            let known = generated.filter { $0.kind == kind }.map(\.name)
            for name in document.names(kind) where !known.contains(name) {
                Issue.record("\(document.path): nothing in the code is called '\(name)'")
            }
        }
    }

    @Test func `the option tables of CONNECTORS are those of the code`() throws {
        try check(try DocumentFile("docs/CONNECTORS.md"), Self.options)
    }

    @Test func `the settings of the user guide are those of the code`() throws {
        let table = SettingTable.markdown
        try check(
            try DocumentFile("docs/USER_GUIDE.md"),
            [Generated(kind: "settings", name: "all", table: table)]
        )
    }

    @Test func `the commands and flags of the user guide are those of jobctl`() throws {
        let reference = try CommandReference(Jobctl.self, sharing: ClusterArguments.self)
        try check(
            try DocumentFile("docs/USER_GUIDE.md"),
            [Generated(kind: "commands", name: "jobctl", table: reference.markdown)]
        )
    }

    @Test func `the flags and keys of the programs in OPERATIONS are those of the code`() throws {
        let document = try DocumentFile("docs/OPERATIONS.md")
        try check(
            document,
            [
                Generated(
                    kind: "commands",
                    name: "jobmanager",
                    table: try CommandReference(JobManagerCommand.self).markdown
                ),
                Generated(
                    kind: "commands",
                    name: "taskmanager",
                    table: try CommandReference(TaskManagerCommand.self).markdown
                ),
            ]
        )
        try check(
            document,
            SettingKeyTable.markdown.map { entry in
                Generated(kind: "keys", name: entry.programs, table: entry.table)
            }
        )
    }

    @Test func `the user guide has every exit code`() throws {
        let guide = try DocumentFile("docs/USER_GUIDE.md")
        for status in ExitStatus.allCases {
            let row = "| \(status.rawValue) | \(status.summary) |"
            #expect(guide.text.contains(row), "docs/USER_GUIDE.md lacks: \(row)")
        }
    }

    @Test func `SQL names every function of the catalogue`() throws {
        let document = try DocumentFile("docs/SQL.md")
        let names = FunctionCatalogue.standard.functionNames
        #expect(names.count > 100)
        let missing = names.filter { !document.mentions($0) }
        #expect(missing.isEmpty, "docs/SQL.md lacks \(missing.joined(separator: ", "))")
    }

    @Test func `the user guide names what make can do`() throws {
        let guide = try DocumentFile("docs/USER_GUIDE.md")
        let targets = try DocumentFile("Makefile").text.split(separator: "\n").filter { line in
            line.contains("  ## ") && line.first?.isLetter == true
        }.map { String($0.prefix { $0 != ":" }) }
        #expect(targets.count > 10)
        for target in targets {
            #expect(guide.text.contains("`make \(target)`"), "docs/USER_GUIDE.md: make \(target)")
        }
    }

    @Test func `the contents of OPERATIONS name its sections in their order`() throws {
        let lines = try DocumentFile("docs/OPERATIONS.md").text.split(separator: "\n")
        let sections = lines.filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
        let contents = lines.prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("- [") }
        #expect(contents.map { $0.dropFirst(3).prefix { $0 != "]" } } == sections)
    }

    @Test func `the files that ARCHITECTURE names exist`() throws {
        let text = try DocumentFile("docs/ARCHITECTURE.md").text
        let names = Set(text.matches(of: /`([A-Za-z+]+\.swift)`/).map { String($0.1) })
        #expect(names.count > 1)
        let files = try DocumentFile.swiftFiles()
        #expect(names.filter { !files.contains($0) } == [])
    }
}
