/// The statements that put rows back as they were at a checkpoint, from the undo log.
///
/// A row that was there at the checkpoint, and still is, is changed and not deleted: other tables
/// may refer to it, and would lose their rows with it (ON DELETE CASCADE) or forbid the deletion.
struct RestoreStatements: Sendable {
    private let table: TargetTable
    /// The undo log.
    private let undo: String
    private let keys: [String]

    init(_ table: TargetTable, undo: String) {
        self.table = table
        self.undo = undo
        keys = table.key.map { table.columns[$0].quoted }
    }

    /// The entries of a share; the oldest of each key counts.
    private var oldest: String {
        """
        SELECT DISTINCT ON (row_key) row_key, key_values, row_before FROM \(undo) \
        WHERE job_id = $1 AND sink_uid = $2 AND epoch > $3::bigint \
        AND subtask % $4::int = $5::int ORDER BY row_key, epoch
        """
    }

    private func record(_ json: String) -> String {
        "pg_catalog.json_populate_record(NULL::\(table.qualifiedName), \(json))"
    }

    private func matches(_ alias: String) -> String {
        keys.map { "t.\($0) = \(alias).\($0)" }.joined(separator: " AND ")
    }

    /// Deletes the rows that were not there.
    ///
    /// Parameters: job, sink, epoch of the checkpoint, parallelism, subtask.
    var removeNew: String {
        """
        WITH o AS (\(oldest)) DELETE FROM \(table.qualifiedName) t USING o, \
        LATERAL \(record("o.key_values")) k WHERE o.row_before IS NULL AND \(matches("k"))
        """
    }

    /// Gives the rows that were there their former values; the key is set, too, where it can be:
    /// equal keys may look different (`0` and `-0`, or a case-insensitive text).
    ///
    /// Rows that differ in one of the columns `replaced` are deleted and inserted anew, in the
    /// same statement, so that a reference that is checked at its end (NO ACTION) holds.
    ///
    /// Parameters: as above.
    func putBack(replacing replaced: [String]) -> String {
        let stored = table.storedColumns.map { SQLText.identifier($0) }
        let settable = table.storedColumns.filter { !table.fixedColumns.contains($0) }
            .map { SQLText.identifier($0) }
        let action =
            settable.isEmpty
            ? "NOTHING"
            : "UPDATE SET "
                + settable.map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
        let isReplaced = replaced.isEmpty ? "" : "AND (SELECT count(*) FROM d) >= 0"
        return """
            WITH o AS (\(oldest))\(replacement(replaced)) INSERT INTO \(table.qualifiedName) \
            (\(stored.joined(separator: ", "))) OVERRIDING SYSTEM VALUE \
            SELECT \(stored.map { "r.\($0)" }.joined(separator: ", ")) \
            FROM o, LATERAL \(record("o.row_before")) r \
            WHERE o.row_before IS NOT NULL \(isReplaced) \
            ON CONFLICT (\(keys.joined(separator: ", "))) DO \(action)
            """
    }

    /// A part of `WITH` that deletes; counting its rows makes it run before the first insert.
    private func replacement(_ replaced: [String]) -> String {
        if replaced.isEmpty { return "" }
        let differs = replaced.map { SQLText.identifier($0) }
            .map { "t.\($0)::text IS DISTINCT FROM r.\($0)::text" }
        return """
            , d AS (DELETE FROM \(table.qualifiedName) t USING o, \
            LATERAL \(record("o.row_before")) r WHERE o.row_before IS NOT NULL \
            AND \(matches("r")) AND (\(differs.joined(separator: " OR "))) RETURNING 1)
            """
    }

    /// Forgets the entries of a share.
    ///
    /// Parameters: job, sink, parallelism, subtask.
    var forget: String {
        """
        DELETE FROM \(undo) WHERE job_id = $1 AND sink_uid = $2 AND subtask % $3::int = $4::int
        """
    }

    /// Hands over what a former job noted about keys that a writer of ours has already written:
    /// what the row was before is what the former job says, and the row itself is right.
    ///
    /// Parameters: job and sink of the former job, epoch of the checkpoint, our job and sink.
    var adopt: String {
        """
        WITH former AS (SELECT DISTINCT ON (row_key) row_key, row_before FROM \(undo) \
        WHERE job_id = $1 AND sink_uid = $2 AND epoch > $3::bigint ORDER BY row_key, epoch), \
        own AS (SELECT DISTINCT ON (row_key) row_key, epoch FROM \(undo) \
        WHERE job_id = $4 AND sink_uid = $5 AND epoch > $3::bigint ORDER BY row_key, epoch), \
        taken AS (UPDATE \(undo) u SET row_before = f.row_before \
        FROM former f JOIN own o ON o.row_key = f.row_key \
        WHERE u.job_id = $4 AND u.sink_uid = $5 AND u.row_key = o.row_key \
        AND u.epoch = o.epoch RETURNING u.row_key) \
        DELETE FROM \(undo) d USING taken \
        WHERE d.job_id = $1 AND d.sink_uid = $2 AND d.row_key = taken.row_key
        """
    }
}
