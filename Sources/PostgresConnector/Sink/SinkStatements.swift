import Columnar

/// The statements of a sink; rows travel as one array parameter for each column.
struct SinkStatements: Sendable {
    let table: TargetTable
    private let columns: [TargetColumn]
    private let keys: [TargetColumn]

    init(_ table: TargetTable) {
        self.table = table
        columns = table.columns
        keys = table.key.map { table.columns[$0] }
    }

    private var columnList: String { columns.map(\.quoted).joined(separator: ", ") }
    private var keyList: String { keys.map(\.quoted).joined(separator: ", ") }

    /// `unnest($1::int8[], …) AS u(a0, …)`, from a parameter on.
    private func rows(_ columns: [TargetColumn], from first: Int = 1) -> String {
        let arrays = columns.enumerated().map {
            "$\($0.offset + first)::\($0.element.parameterType)"
        }
        let names = columns.indices.map { "a\($0)" }
        return """
            unnest(\(arrays.joined(separator: ", "))) AS u(\(names
                .joined(separator: ", ")))
            """
    }

    private func values(_ columns: [TargetColumn]) -> String {
        columns.enumerated().map { index, column in
            column.isArray ? "u.a\(index)::\(column.sqlType)" : "u.a\(index)"
        }.joined(separator: ", ")
    }

    private func matches(_ alias: String) -> String {
        keys.enumerated().map { "\(alias).\($0.element.quoted) = u.a\($0.offset)" }
            .joined(separator: " AND ")
    }

    /// Inserts rows, or changes those whose key is there.
    var upsert: String {
        let others = columns.filter { !keys.contains($0) }
        let action =
            others.isEmpty
            ? "NOTHING"
            : "UPDATE SET "
                + others.map { "\($0.quoted) = EXCLUDED.\($0.quoted)" }.joined(separator: ", ")
        return """
            INSERT INTO \(table.qualifiedName) (\(columnList)) OVERRIDING SYSTEM VALUE \
            SELECT \(values(columns)) \
            FROM \(rows(columns)) ON CONFLICT (\(keyList)) DO \(action)
            """
    }

    /// Deletes rows by key.
    var delete: String {
        "DELETE FROM \(table.qualifiedName) t USING \(rows(keys)) WHERE \(matches("t"))"
    }

    /// Appends rows.
    var copy: String { "COPY \(table.qualifiedName) (\(columnList)) FROM STDIN" }

    /// The key of a row as JSON text, under which the undo log knows it.
    private var keyJSON: String {
        let parts = keys.indices.map { "u.a\($0)" }.joined(separator: ", ")
        return "pg_catalog.json_build_array(\(parts))::text"
    }

    /// Forgets entries of the undo log of later epochs, which only a dead writer can have left.
    ///
    /// Each key is looked up by itself (OFFSET 0 keeps the planner from turning that round): of a
    /// table whose size changes by the second it has no statistics, and would read every entry of
    /// the sink, dead ones included, for a handful of keys.
    ///
    /// Parameters: job, sink, epoch, then the keys.
    func forgetLater(_ undo: String) -> String {
        """
        DELETE FROM \(undo) WHERE ctid = ANY (ARRAY(SELECT d.place FROM \(rows(keys, from: 4)), \
        LATERAL (SELECT ctid AS place FROM \(undo) WHERE job_id = $1 AND sink_uid = $2 \
        AND row_key = \(keyJSON) AND epoch > $3::bigint OFFSET 0) d))
        """
    }

    /// Notes how rows are before they are first changed in an epoch; as above, key by key: the
    /// planner would rather read a table of 20,000 rows than look up 150 of them.
    ///
    /// Parameters: job, sink, epoch, subtask, then the keys.
    func remember(_ undo: String) -> String {
        """
        INSERT INTO \(undo) (job_id, sink_uid, epoch, subtask, row_key, key_values, row_before) \
        SELECT $1, $2, $3::bigint, $4::int, \(keyJSON), \
        pg_catalog.json_build_object(\(keyPairs)), b.row_before \
        FROM \(rows(keys, from: 5)) LEFT JOIN LATERAL (SELECT pg_catalog.row_to_json(t) \
        AS row_before FROM \(table.qualifiedName) t WHERE \(matches("t")) OFFSET 0) b ON TRUE \
        ON CONFLICT (job_id, sink_uid, row_key, epoch) DO UPDATE SET subtask = EXCLUDED.subtask
        """
    }

    private var keyPairs: String {
        keys.enumerated().map { "\(SQLText.literal($0.element.field.name)), u.a\($0.offset)" }
            .joined(separator: ", ")
    }
}
