import Columnar
import Connectors
import Testing

/// Passwords must not be seen, wherever a user may have written them.
@Suite struct SecretsTests {
    @Test(arguments: [
        "jdbc:postgresql://host:5432/db?user=app&password=hunter2&ssl=true",
        "jdbc:postgresql://app:hunter2@host:5432/db",
        "postgres://app:hunter2@host/db",
        "postgresql://app:hunter2@host:5432,two:5433/db?sslpassword=hunter2",
        "postgres://app:pa@hunter2@host/db",
        "postgres://app:pa/hunter2@host/db",
        "postgres://host/db?PASSWORD=hunter2",
        "host=h password=hunter2 user=app",
    ])
    func `addresses are shown without their password`(_ url: String) {
        let shown = Secrets.hidden(url, of: "url")
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("******"))
        #expect(shown.contains("host"))
    }

    @Test func `what is no secret stays as it is`() {
        for value in [
            "jdbc:postgresql://host:5432/db?ssl=true", "postgres://app@host/db", "/data/in.json",
            "10 s",
        ] {
            #expect(Secrets.hidden(value, of: "url") == value)
        }
        #expect(Secrets.hidden("hunter2", of: "password") == "******")
        #expect(Secrets.hidden("hunter2", of: "properties.sasl.Password") == "******")
    }

    @Test func `a line of a script keeps its width`() {
        let line = "WITH ('url' = 'postgres://a:hunter2@h/d', 'password' = 'hun''ter2', 'x' = 'y')"
        let shown = Secrets.hidden(inScript: line)
        #expect(shown.count == line.count)
        #expect(!shown.contains("hunter2") && !shown.contains("ter2"))
        #expect(shown.hasSuffix(", 'x' = 'y')"))
    }

    @Test func `messages about options never show a secret`() {
        let table = TableDefinition(
            path: "t",
            columns: [],
            options: ["url": "postgres://a:hunter2@h/d"]
        )
        let error = TableOptions(table).invalid("url", table.options["url"] ?? "", "No.")
        #expect(error.message.contains("'postgres://a:******@h/d'"))
        #expect(!"\(table.withoutSecrets)".contains("hunter2"))
    }
}
