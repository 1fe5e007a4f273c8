import Core
import Generators
import PostgresConnector
import TestKit
import Testing

@Suite(.serialized) struct DatabaseWriterTests {
    /// One server for all tests of the suite.
    private static let server = Result { try PostgresServer() }

    private static func database(_ name: String) throws -> PostgresServer {
        let server = try server.get()
        try server.sql("CREATE DATABASE \(name)")
        return server
    }

    /// Writes changes as fast as possible and gives them back.
    private static func write<Generator: ChangeGenerator>(
        _ generator: Generator,
        _ writer: DatabaseWriter,
        count: Int64,
        startMicroseconds: Int64 = 1_760_000_000_000_000
    ) throws -> [RowChange] {
        let clock = EventClock(
            startMicroseconds: startMicroseconds,
            factor: 100,
            schedule: ChangeSchedule(changesPerSecond: 1000)
        )
        var feed = ChangeFeed(
            generator,
            .init(pace: nil, eventClock: clock, changesMax: count),
            time: ManualTime()
        )
        var changes: [RowChange] = []
        try feed.run { (transactions: [[RowChange]]) throws(GeneratorError) in
            try writer.apply(transactions)
            changes += transactions.joined()
        } pause: { _ in
            false
        }
        return changes
    }

    private static func check<Generator: ChangeGenerator>(
        _ type: Generator.Type,
        _ database: String
    ) throws {
        let server = try Self.database(database)
        let writer = try DatabaseWriter(server.address(database: database), for: type)
        try writer.prepare(dropping: true, creating: true)
        let changes = try write(type.init(seed: 11), writer, count: 8000)
        var model = TableModel(type)
        for change in changes { model.apply(change) }
        for table in type.tables {
            let columns = table.columns.map { column in
                column.type.hasPrefix("timestamp")
                    ? "to_char(\(column.name), 'YYYY-MM-DD HH24:MI:SS.MS')"
                    : "\(column.name)::text"
            }
            let found = try server.sql(
                "SELECT \(columns.joined(separator: ", ")) FROM \(table.name)",
                database: database
            )
            let expected = model.rows(table.name).map { row in
                table.columns.map { column in
                    (row[column.name] ?? nil).map { $0.replacing("+00", with: "") }
                }
            }
            let differences = Set(found).symmetricDifference(expected)
            #expect(differences.isEmpty)
            #expect(found.count == expected.count)
            #expect(found.count > 50)
        }
    }

    @Test func `the cards tables hold what the changes say`() throws {
        try Self.check(CardsGenerator.self, "gen_cards")
    }

    @Test func `the engagement tables hold what the changes say`() throws {
        try Self.check(EngagementGenerator.self, "gen_engagement")
    }

    @Test func `the orders tables hold what the changes say`() throws {
        try Self.check(OrdersGenerator.self, "gen_orders")
    }

    @Test(arguments: Dataset.allCases)
    func `a second run goes on where the first one ended`(_ dataset: Dataset) throws {
        try Self.runTwice(dataset.type, "gen_twice_\(dataset.rawValue)")
    }

    private static func runTwice<Generator: ChangeGenerator>(
        _ type: Generator.Type,
        _ database: String
    ) throws {
        let server = try Self.database(database)
        let address = server.address(database: database)
        var latest: Int64 = 1_760_000_000_000_000
        for seed in 1...2 as ClosedRange<UInt64> {
            let writer = try DatabaseWriter(address, for: type)
            try writer.prepare(dropping: false, creating: true)
            var generator = type.init(seed: seed)
            let newest = generator.resume(from: try writer.resumeState())
            #expect((newest == nil) == (seed == 1))
            if let newest {
                #expect(newest > latest)
                latest = newest
            }
            _ = try write(generator, writer, count: 4000, startMicroseconds: latest)
        }
    }

    @Test func `a missing table is named, with what makes it`() throws {
        let server = try Self.database("gen_missing")
        let writer = try DatabaseWriter(
            server.address(database: "gen_missing"),
            for: CardsGenerator.self
        )
        #expect {
            try writer.prepare(dropping: false, creating: false)
        } throws: { error in
            "\(error)".contains("There is no table 'customers' in 127.0.0.1:")
                && "\(error)".contains("--create makes the tables.")
        }
    }

    @Test func `a table of another data set is not written to`() throws {
        let server = try Self.database("gen_other")
        let address = server.address(database: "gen_other")
        try DatabaseWriter(address, for: CardsGenerator.self)
            .prepare(dropping: false, creating: true)
        let writer = try DatabaseWriter(address, for: OrdersGenerator.self)
        #expect {
            try writer.prepare(dropping: false, creating: true)
        } throws: { error in
            "\(error)".contains("The table 'customers' in")
                && "\(error)".contains("has no column 'segment'")
        }
    }

    @Test func `a wrong password says so`() throws {
        let server = try Self.server.get()
        #expect {
            _ = try DatabaseWriter(server.address(password: "guess"), for: CardsGenerator.self)
        } throws: { error in
            "\(error)".contains("refused the login of user 'postgres'")
                && "\(error)".contains("PGPASSWORD") && !"\(error)".contains("guess")
        }
    }

    @Test func `a server that is not there says so`() throws {
        let address = PostgresAddress(
            host: "127.0.0.1",
            port: try PostgresServer.freePort(),
            database: "bank",
            user: "app"
        )
        #expect {
            _ = try DatabaseWriter(address, for: CardsGenerator.self)
        } throws: { error in
            "\(error)".contains("cannot be reached") && "\(error)".contains("Connection refused")
        }
    }

    @Test func `a row that somebody else has taken away ends the run with a sentence`() throws {
        let server = try Self.database("gen_taken")
        let writer = try DatabaseWriter(
            server.address(database: "gen_taken"),
            for: CardsGenerator.self
        )
        try writer.prepare(dropping: false, creating: true)
        var generator = CardsGenerator(seed: 1)
        let inserts = (0..<1000).map { _ in generator.next(eventMicroseconds: 0) }
        try writer.apply(inserts)
        try server.sql("DELETE FROM customers", database: "gen_taken")
        let later = (0..<3000).map { generator.next(eventMicroseconds: Int64($0)) }
        #expect {
            try writer.apply(later)
        } throws: { error in
            "\(error)".contains("does another generator write to the same tables?")
        }
    }
}
