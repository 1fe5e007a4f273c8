import Columnar
import Core

/// The `application_name` of the sessions of one part of a job: it tells whose they are, and of
/// which attempt.
///
/// ```
/// apus sink 00c0ffee00c0ffee 0000000001000002 3
///      kind owner            claim            subtask
/// ```
struct SessionName: Hashable, Sendable {
    /// `sink` or `capture`.
    let kind: String
    /// The job, and what else is shared by the sessions that may end each other.
    let owner: String
    let claim: UInt64
    let subtask: Int

    /// What the sessions of all attempts begin with.
    private var family: String {
        "apus \(kind) \(Self.digits(Hashing.hash(Array(owner.utf8).span))) "
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private var attempt: String { family + Self.digits(claim) }

    /// The name; what the URL asks for stands behind it.
    func text(_ address: PostgresAddress) -> String {
        let wanted = address.keywords["application_name"].map { " \($0)" } ?? ""
        return "\(attempt) \(subtask)\(wanted)"
    }

    /// Ends the sessions of earlier attempts, so that they write and read no more.
    ///
    /// Nothing depends on it but the time that is spent waiting for them: a server that does not
    /// allow it is told of in a warning.
    ///
    /// - Parameters:
    ///   - connection: a session outside of a transaction.
    ///   - warn: takes why they could not be ended.
    /// - Returns: how many there were.
    /// - Throws: when the connection is lost.
    @discardableResult
    func endPredecessors(
        _ connection: PostgresConnection,
        warn: (String) -> Void
    ) throws(PostgresError) -> Int {
        do throws(PostgresError) {
            return try end(connection).rowCount
        } catch {
            if error.isConnectionLost { throw error }
            warn("Sessions of earlier attempts of the job cannot be ended: \(error.message)")
            return 0
        }
    }

    private func end(_ connection: PostgresConnection) throws(PostgresError) -> PostgresResult {
        try connection.query(
            """
            SELECT pg_catalog.pg_terminate_backend(pid, 2000) \
            FROM pg_catalog.pg_stat_activity WHERE application_name COLLATE "C" >= $1 \
            AND application_name COLLATE "C" < $2 AND pid <> pg_catalog.pg_backend_pid() \
            AND usename = current_user AND datname = pg_catalog.current_database()
            """,
            [family, attempt]
        )
    }
}
