import CPQ
import Core

extension PostgresConnection {
    /// Runs one or more statements and gives the result of the last one.
    @discardableResult
    package func execute(_ sql: String) throws(PostgresError) -> PostgresResult {
        try send(sql)
        return try lastResult()
    }

    /// Runs one statement with parameters as text; nil is NULL.
    @discardableResult
    package func query(
        _ sql: String,
        _ parameters: [String?]
    ) throws(PostgresError) -> PostgresResult {
        try query(sql, StatementParameters(parameters))
    }

    /// Runs one statement with parameters.
    @discardableResult
    package func query(
        _ sql: String,
        _ parameters: StatementParameters
    ) throws(PostgresError) -> PostgresResult {
        try sendQuery(sql, parameters)
        return try lastResult()
    }

    /// Starts statements without waiting; `pollResult` gives what they gave.
    package func send(_ sql: String) throws(PostgresError) {
        guard unsafe PQsendQuery(handle, sql) == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        try flushOutput()
    }

    func sendQuery(
        _ sql: String,
        _ parameters: StatementParameters
    ) throws(PostgresError) {
        let accepted = unsafe parameters.withPointers { values in
            unsafe PQsendQueryParams(
                handle,
                sql,
                Int32(parameters.count),
                nil,
                values,
                nil,
                nil,
                0
            )
        }
        guard accepted == 1 else {
            throw PostgresError.lost("The connection to \(address) is broken: \(lastMessage)")
        }
        try flushOutput()
    }

    /// The result of what `send` started, if it is complete in time; nil otherwise.
    ///
    /// Returns early, with nil, when the signal is raised.
    package func pollResult(
        waitingMicroseconds: Int64
    ) throws(PostgresError) -> PostgresResult? {
        let time = SystemTime()
        let deadline = time.monotonicMicroseconds + waitingMicroseconds
        while true {
            try consumeInput()
            if unsafe PQisBusy(handle) == 0 { return try lastResult() }
            let left = deadline - time.monotonicMicroseconds
            if left <= 0 { return nil }
            switch signal.wait(for: unsafe PQsocket(handle), microseconds: left) {
            case .readable, .writable: continue
            case .timedOut, .interrupted: return nil
            case .ended: throw PostgresError.stopped(address)
            }
        }
    }

    /// Waits for all results of the running statements and gives the last one.
    func lastResult() throws(PostgresError) -> PostgresResult {
        var last: PostgresResult?
        var failure: PostgresError?
        while let result = try nextResult() {
            let opensCopy = [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH]
                .contains(result.status)
            do {
                last = try check(result)
            } catch {
                failure = failure ?? error
            }
            // A COPY has no further result before its end.
            if opensCopy { break }
        }
        if let failure { throw failure }
        guard let last else {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
        return last
    }

    /// The next result as libpq gives it, waiting for it; nil at the end of the statements.
    func nextResult() throws(PostgresError) -> RawResult? {
        while true {
            try flushOutput()
            if unsafe PQisBusy(handle) == 0 { break }
            let outcome = signal.wait(
                for: unsafe PQsocket(handle),
                isInterruptible: false,
                microseconds: nil
            )
            if case .ended = outcome { throw PostgresError.stopped(address) }
            try consumeInput()
        }
        guard let result = unsafe PQgetResult(handle) else { return nil }
        return unsafe RawResult(result)
    }

    /// Reads what has arrived on the socket, without waiting.
    func consumeInput() throws(PostgresError) {
        guard unsafe PQconsumeInput(handle) == 1 else {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
    }

    /// Sends everything that libpq holds back, waiting for room in the socket.
    func flushOutput() throws(PostgresError) {
        while true {
            let state = unsafe PQflush(handle)
            if state == 0 { return }
            if state < 0 {
                throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
            }
            let outcome = signal.wait(
                for: unsafe PQsocket(handle),
                writing: true,
                isInterruptible: false,
                microseconds: nil
            )
            switch outcome {
            case .readable: try consumeInput()
            case .ended: throw PostgresError.stopped(address)
            default: break
            }
        }
    }

    /// Turns an error result into an error.
    func check(_ result: RawResult) throws(PostgresError) -> PostgresResult {
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY,
            PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH, PGRES_PIPELINE_SYNC:
            return result.adopt()
        case PGRES_PIPELINE_ABORTED:
            throw PostgresError.lost("a statement of a pipeline was skipped after an error")
        default:
            throw error(of: result)
        }
    }

    private func error(of result: RawResult) -> PostgresError {
        let message = result.field(DiagnosticField.message) ?? lastMessage
        guard let state = result.field(DiagnosticField.sqlState) else {
            return PostgresError.lost("The connection to \(address) broke: \(message)")
        }
        // No detail field: it may show values of rows.
        var text = Self.oneLine(message)
        if let hint = result.field(DiagnosticField.hint) { text += " (\(Self.oneLine(hint)))" }
        if let name = result.field(DiagnosticField.constraint), !text.contains(name) {
            text += " [constraint \(name)]"
        }
        return PostgresError(sqlState: state, text)
    }
}

/// Codes of error fields (`postgres_ext.h`, macros of characters that Swift does not import).
private enum DiagnosticField {
    static let message = Int32(UInt8(ascii: "M"))
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let hint = Int32(UInt8(ascii: "H"))
    static let constraint = Int32(UInt8(ascii: "n"))
}

/// A result on its way out of libpq: frees it unless it is adopted.
@safe final class RawResult {
    private var handle: OpaquePointer?
    let status: ExecStatusType

    init(_ handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
        status = unsafe PQresultStatus(handle)
    }

    deinit {
        if let handle = unsafe handle { unsafe PQclear(handle) }
    }

    func adopt() -> PostgresResult {
        guard let taken = unsafe handle else { preconditionFailure("a result is adopted once") }
        unsafe handle = nil
        return unsafe PostgresResult(taken)
    }

    func field(_ code: Int32) -> String? {
        guard let handle = unsafe handle else { return nil }
        return unsafe PQresultErrorField(handle, code).map { unsafe String(cString: $0) }
    }
}

extension PostgresConnection {
    /// Whether the server is between statements of ours, in a transaction block that can go on.
    package var isInTransaction: Bool {
        unsafe PQtransactionStatus(handle) != PQTRANS_IDLE
    }

    /// Asks the server to stop the running statement; best effort, as the protocol is.
    package func cancelRunning() {
        guard let cancel = unsafe PQgetCancel(handle) else { return }
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            _ = unsafe PQcancel(cancel, text.baseAddress, 256)
        }
        unsafe PQfreeCancel(cancel)
    }
}
