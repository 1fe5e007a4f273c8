import Testing

/// Queries whose expressions or views lie deep in one another.
@Suite struct DeepQueryTests {
    private static let tables = """
        CREATE TABLE source (n BIGINT) WITH (
            'connector' = 'datagen', 'number-of-rows' = '1',
            'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '1'
        );
        CREATE TABLE target (n BIGINT) WITH ('connector' = 'print');

        """

    private func run(_ sql: String) throws -> (exit: Int32, text: String) {
        let folder = try TestFolder()
        try folder.write("job.sql", Self.tables + sql)
        let result = try Jobctl.run(["run", "\(folder.path)/job.sql"])
        return (result.exit, result.text)
    }

    /// Each view computes from the one before.
    private func views(_ count: Int, _ expression: String) -> String {
        "CREATE VIEW v0 AS SELECT n FROM source;\n"
            + (1...count).map {
                "CREATE VIEW v\($0) AS SELECT \(expression) AS n FROM v\($0 - 1);\n"
            }.joined()
            + "INSERT INTO target SELECT n FROM v\(count);\n"
    }

    @Test func `a sum of 400 terms runs`() throws {
        let sum = Array(repeating: "n", count: 400).joined(separator: " + ")
        let result = try run("INSERT INTO target SELECT \(sum) FROM source;\n")
        #expect(result.exit == 0)
        #expect(result.text.contains("+I[400]"))
    }

    @Test func `600 views on one another run`() throws {
        let result = try run(views(600, "n + 1"))
        #expect(result.exit == 0)
        #expect(result.text.contains("+I[601]"))
    }

    @Test func `views that use a column twice compute it once`() throws {
        let result = try run(views(40, "n + n"))
        #expect(result.exit == 0)
        #expect(result.text.contains("+I[\(1 << 40)]"))
    }

    @Test func `too many views on one another are refused`() throws {
        let result = try run(views(3_000, "n + 1"))
        #expect(result.exit == 3)
        #expect(result.text.contains("is nested more than 1000 operators deep"))
    }
}
