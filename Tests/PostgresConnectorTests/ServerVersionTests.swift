import Core
import PostgresConnector
import Testing

@Suite struct ServerVersionTests {
    @Test func `the oldest server that is taken is the one that the message names`() throws {
        let place = PostgresAddress(host: "h", database: "d", user: "u")
        try ServerChecks.checkVersion(140_000, place)
        try ServerChecks.checkVersion(170_002, place)
        do throws(PostgresError) {
            try ServerChecks.checkVersion(130_012, place)
            Issue.record("version 13 is taken")
        } catch {
            #expect(
                error.message
                    == "PostgreSQL 13 at h:5432/d is too old to capture from: version 14 or later "
                    + "is needed."
            )
        }
    }
}
