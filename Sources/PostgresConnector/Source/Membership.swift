import Columnar
import Core

/// What makes a table's place in a publication the same one: numbers that the server gives once.
///
/// The stream does not say that a table was left out for a while, or that a table of the same name
/// took its place; changes between would be missing without a word.
struct Membership: Hashable, Sendable, Codable {
    let publication: UInt32
    let table: UInt32
    /// The entry for the table itself; 0 where a schema, a parent or all tables are published.
    let entry: UInt32

    /// The statement that lists the tables of a publication.
    static func query(_ publication: String) -> String {
        """
        SELECT m.schemaname, m.tablename, p.oid, c.oid, coalesce(r.oid, 0)
        FROM pg_catalog.pg_publication p
        JOIN pg_catalog.pg_publication_tables m ON m.pubname = p.pubname
        JOIN pg_catalog.pg_namespace n ON n.nspname = m.schemaname
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = m.tablename
        LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid
        WHERE p.pubname = \(SQLText.literal(publication))
        """
    }

    /// The members, by their names in quotes.
    static func members(_ found: PostgresResult) -> [String: Membership] {
        var members: [String: Membership] = [:]
        for row in 0..<found.rowCount {
            let name = SQLText.identifier(found.text(row, 0) ?? "", found.text(row, 1) ?? "")
            let numbers = (2...4).map { found.text(row, $0).flatMap(UInt32.init) ?? 0 }
            members[name] = Membership(
                publication: numbers[0],
                table: numbers[1],
                entry: numbers[2]
            )
        }
        return members
    }
}

/// Checks that what a job reads is still what it began with.
struct MembershipCheck {
    let publication: String
    /// By `CapturedTable.id`; nil in checkpoints of a job that did not note it.
    let expected: [String: Membership]?

    private static let remedy = "Start the job without a checkpoint: it reads the tables anew."

    func run(
        _ tables: [CapturedTable],
        _ members: [String: Membership]
    ) throws(PostgresError) {
        for table in tables { try check(table, members[table.qualifiedName]) }
    }

    private func check(_ table: CapturedTable, _ found: Membership?) throws(PostgresError) {
        let name = SQLText.identifier(publication)
        guard let found else {
            throw PostgresError(
                blame: .user,
                """
                Table \(table.qualifiedName) was taken out of publication \(name) after the job \
                began to read it: its changes since then are not in the stream. \(Self.remedy)
                """
            )
        }
        guard let expected = expected?[table.id], expected != found else { return }
        if expected.table != found.table { throw Self.replaced(table) }
        throw PostgresError(
            blame: .user,
            """
            Table \(table.qualifiedName) was taken out of publication \(name) and put back after \
            the job began to read it: its changes between are not in the stream. \(Self.remedy)
            """
        )
    }

    /// Another table has the name now.
    static func replaced(_ table: CapturedTable) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            Table \(table.qualifiedName) is not the one any more that \
            '\(table.definition.path)' began to read: it was dropped and made anew, or another \
            table has taken its name. The stream does not say which rows that removed. \(remedy)
            """
        )
    }

    /// The table goes on under another name.
    static func renamed(_ table: CapturedTable, to name: String) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            Table \(table.qualifiedName), which '\(table.definition.path)' reads, was renamed to \
            \(name). Nothing is lost: the job's checkpoint stands before the change. Rename it \
            back and restore the job from its checkpoint, or start the job over with the new name.
            """
        )
    }
}
