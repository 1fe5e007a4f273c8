import Columnar
import Connectors
import Core
import Testing

@Suite struct ConnectorRegistryTests {
    private let registry = ConnectorRegistry(ConnectorRegistry.builtIn)

    private func table(_ options: [String: String]) -> TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: [TableColumn("id", .integer)],
            options: options
        )
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
        } catch let error as ConnectorError {
            #expect(error.blame == .user)
            #expect(!error.isRetryable)
            return error.message
        } catch {
            Issue.record("another error: \(error)")
        }
        return ""
    }

    @Test func `a table without a connector is refused in Flink's words`() {
        let message = message { _ = try registry.source(table([:])) }
        #expect(
            message.hasPrefix(
                "Table options do not contain an option key 'connector' for discovering a "
                    + "connector."
            )
        )
        #expect(message.contains("default_catalog.default_database.t"))
    }

    @Test func `an unknown connector is refused with the known ones`() {
        let message = message {
            _ = try registry.source(table(["connector": "carrier-pigeon"]))
        }
        #expect(
            message.hasPrefix(
                """
                Could not find any factory for identifier 'carrier-pigeon' that implements \
                'org.apache.flink.table.factories.DynamicTableFactory' in the classpath.

                Available factory identifiers are:

                blackhole
                """
            )
        )
        #expect(message.contains("table 'default_catalog.default_database.t'"))
    }

    @Test func `a misspelt connector is refused with the nearest name`() {
        let message = message { _ = try registry.sink(table(["connector": "blackhol"])) }
        #expect(message.contains("in the classpath. Did you mean 'blackhole'?\n"))
        #expect(throws: ConnectorError.self) { try registry.factory(named: "blackhol") }
    }

    @Test(arguments: ["print", "blackhole"])
    func `a sink is refused as a source`(_ name: String) {
        let message = message { _ = try registry.source(table(["connector": name])) }
        #expect(
            message
                == "Connector '\(name)' can only be used as a sink. It cannot be used as a source."
        )
    }

    @Test func `an unknown option is refused with the known ones`() {
        let message = message {
            _ = try registry.sink(table(["connector": "print", "standard-eror": "true"]))
        }
        #expect(
            message == """
                Unsupported options found for 'print'.

                Unsupported options of table 'default_catalog.default_database.t':
                standard-eror: Did you mean 'standard-error'?

                Supported options:
                connector
                print-identifier
                sink.parallelism
                standard-error
                """
        )
    }

    @Test func `every connector says what it can do`() throws {
        for factory in registry.factories {
            #expect(factory.canRead || factory.canWrite)
            #expect(
                try registry.factory(named: factory.identifier).identifier == factory.identifier
            )
        }
    }

    @Test func `options become a Markdown table`() {
        let options = [
            OptionDescription("path", required: true, "A folder | a file."),
            OptionDescription("mode", default: "all", "Two\nlines."),
            OptionDescription("null-literal", default: "", "A text."),
        ]
        #expect(
            OptionTable.markdown(options) == """
                | Option | Required | Default | Description |
                |---|---|---|---|
                | `path` | required | (none) | A folder \\| a file. |
                | `mode` | optional | `all` | Two lines. |
                | `null-literal` | optional | (empty) | A text. |

                """
        )
    }

    @Test func `connectors become sections in the order of their names`() {
        let text = OptionTable.markdown(ConnectorRegistry.builtIn)
        #expect(text.hasPrefix("## `blackhole`\n\nSink.\n\nIt has no options.\n"))
        #expect(text.contains("## `print`\n\nSink.\n\n| Option | Required |"))
        #expect(text.contains("| `standard-error` | optional | `false` |"))
    }
}
