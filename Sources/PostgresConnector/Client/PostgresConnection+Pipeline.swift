import CPQ
import Core

/// A statement of a pipeline: text and parameters, or one prepared before.
package struct PipelineStatement: Sendable {
    package let sql: String
    package let parameters: StatementParameters
    /// The name under which the server keeps the plan; nil to plan it each time.
    package let preparedName: String?

    package init(
        _ sql: String,
        _ parameters: StatementParameters = StatementParameters(),
        preparedName: String? = nil
    ) {
        self.sql = sql
        self.parameters = parameters
        self.preparedName = preparedName
    }
}

extension PostgresConnection {
    /// Prepares a statement under a name, for `PipelineStatement.preparedName`.
    package func prepare(_ name: String, _ sql: String) throws(PostgresError) {
        guard unsafe PQsendPrepare(handle, name, sql, 0, nil) == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        try flushOutput()
        _ = try lastResult()
    }

    /// Runs statements without waiting for one before sending the next; one result for each.
    ///
    /// After an error the server skips the rest; that first error is thrown.
    package func pipeline(
        _ statements: [PipelineStatement]
    ) throws(PostgresError) -> [PostgresResult] {
        guard unsafe PQenterPipelineMode(handle) == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        defer { _ = unsafe PQexitPipelineMode(handle) }
        for statement in statements { try enqueue(statement) }
        guard unsafe PQpipelineSync(handle) == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        var results: [PostgresResult] = []
        var failure: PostgresError?
        while results.count < statements.count || failure != nil {
            guard let result = try nextResult() else { continue }
            if result.status == PGRES_PIPELINE_SYNC {
                if let failure { throw failure }
                break
            }
            if result.status == PGRES_PIPELINE_ABORTED { continue }
            do {
                results.append(try check(result))
            } catch {
                failure = failure ?? error
            }
        }
        try awaitSync()
        return results
    }

    private func enqueue(_ statement: PipelineStatement) throws(PostgresError) {
        let count = Int32(statement.parameters.count)
        let accepted = unsafe statement.parameters.withPointers { values in
            if let name = statement.preparedName {
                unsafe PQsendQueryPrepared(handle, name, count, values, nil, nil, 0)
            } else {
                unsafe PQsendQueryParams(handle, statement.sql, count, nil, values, nil, nil, 0)
            }
        }
        guard accepted == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        try flushSome()
    }

    /// Sends what fits, and reads what has come, so that neither side waits for the other.
    private func flushSome() throws(PostgresError) {
        if unsafe PQflush(handle) < 0 {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
        try consumeInput()
    }

    private func awaitSync() throws(PostgresError) {
        while true {
            guard let result = try nextResult() else { continue }
            if result.status == PGRES_PIPELINE_SYNC { return }
        }
    }
}
