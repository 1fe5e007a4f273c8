import CPQ
import Core

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a connection is for.
package enum PostgresPurpose: Sendable {
    case queries
    /// A walsender of the database: replication commands and plain SQL.
    case replication
}

/// One connection to a PostgreSQL server; used by one thread, except for its signal.
///
/// All waits are on the socket and on `signal`, so that another thread can end them.
@safe package final class PostgresConnection {
    let handle: OpaquePointer
    package let address: PostgresAddress
    package let signal: InterruptSignal

    private init(
        handle: OpaquePointer,
        address: PostgresAddress,
        signal: InterruptSignal
    ) {
        unsafe self.handle = unsafe handle
        self.address = address
        self.signal = signal
    }

    deinit {
        unsafe PQfinish(handle)
    }

    /// Connects and prepares the session so that values have one well-defined text form.
    ///
    /// - Throws: an error that says who has to do what; never the password.
    package static func connect(
        _ address: PostgresAddress,
        purpose: PostgresPurpose = .queries,
        applicationName: String? = nil,
        timeoutMicroseconds: Int64 = 30_000_000,
        signal: InterruptSignal = InterruptSignal()
    ) throws(PostgresError) -> PostgresConnection {
        var keywords = address.keywords
        keywords["client_encoding"] = "UTF8"
        keywords["application_name"] = applicationName ?? keywords["application_name"] ?? "apus"
        keywords["keepalives_idle"] = keywords["keepalives_idle"] ?? "30"
        keywords["keepalives_interval"] = keywords["keepalives_interval"] ?? "10"
        keywords["keepalives_count"] = keywords["keepalives_count"] ?? "3"
        if purpose == .replication { keywords["replication"] = "database" }
        guard let handle = unsafe start(keywords) else {
            throw PostgresError.lost("libpq has no memory for a connection to \(address)")
        }
        let connection = unsafe PostgresConnection(
            handle: handle,
            address: address,
            signal: signal
        )
        // libpq would print notices to standard error.
        _ = unsafe PQsetNoticeReceiver(handle, { _, _ in }, nil)
        try connection.finishConnecting(timeoutMicroseconds)
        try connection.prepareSession(purpose)
        return connection
    }

    private static func start(_ keywords: [String: String]) -> OpaquePointer? {
        let pairs = keywords.sorted { $0.key < $1.key }
        let names = unsafe pairs.map { unsafe strdup($0.key) }
        let values = unsafe pairs.map { unsafe strdup($0.value) }
        let texts = unsafe names + values
        defer {
            for index in unsafe texts.indices { unsafe free(texts[index]) }
        }
        let nameList = unsafe names.map { unsafe UnsafePointer($0) } + [nil]
        let valueList = unsafe values.map { unsafe UnsafePointer($0) } + [nil]
        return unsafe PQconnectStartParams(nameList, valueList, 0)
    }

    private func finishConnecting(_ timeoutMicroseconds: Int64) throws(PostgresError) {
        let time = SystemTime()
        let deadline = time.monotonicMicroseconds + timeoutMicroseconds
        if unsafe PQstatus(handle) == CONNECTION_BAD { throw connectError() }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            if state == PGRES_POLLING_FAILED { throw connectError() }
            let left = deadline - time.monotonicMicroseconds
            let outcome = signal.wait(
                for: unsafe PQsocket(handle),
                writing: state == PGRES_POLLING_WRITING,
                isInterruptible: false,
                microseconds: max(0, left)
            )
            switch outcome {
            case .timedOut:
                let waited = DurationText.short(microseconds: timeoutMicroseconds)
                throw PostgresError.lost(
                    """
                    The PostgreSQL server at \(address) did not answer within \(waited) \
                    ('connect.timeout').
                    """
                )
            case .ended: throw PostgresError.stopped(address)
            case .readable, .writable, .interrupted: state = unsafe PQconnectPoll(handle)
            }
        }
        unsafe PQsetnonblocking(handle, 1)
    }

    /// Settings on which the text form of values depends, and those of a long-lived walsender.
    private func prepareSession(_ purpose: PostgresPurpose) throws(PostgresError) {
        let settings = [
            "datestyle = 'ISO, YMD'", "timezone = 'UTC'", "intervalstyle = 'postgres'",
            "client_min_messages = 'warning'", "extra_float_digits = 1", "bytea_output = 'hex'",
            "lc_monetary = 'C'",
            "xmloption = 'content'",
            // Limits that a role or database may have for people at a prompt: reading a table and
            // writing an epoch take as long as they take.
            "statement_timeout = 0", "idle_in_transaction_session_timeout = 0",
        ]
        for setting in settings { try execute("SET \(setting)") }
        if serverVersion >= 140_000 { try execute("SET idle_session_timeout = 0") }
        // What the server says it has committed must outlive its crash: the job never sends it
        // again. A standby that is waited for ('remote_apply') is left as it is.
        try execute(
            """
            SELECT pg_catalog.set_config('synchronous_commit', 'on', false)
            WHERE pg_catalog.current_setting('synchronous_commit') = 'off'
            """
        )
        if purpose == .replication {
            // A reader that is held back downstream must not lose its slot's connection; a dead
            // peer is found by TCP keepalives instead.
            try execute("SET wal_sender_timeout = '1h'")
            try execute("SET tcp_keepalives_idle = 30")
            try execute("SET tcp_keepalives_interval = 10")
            try execute("SET tcp_keepalives_count = 3")
        }
    }

    /// The server's version as a number, 150018 for 15.18.
    package var serverVersion: Int { Int(unsafe PQserverVersion(handle)) }

    /// The process that serves this connection.
    package var backendPID: Int { Int(unsafe PQbackendPID(handle)) }

    /// What libpq said last, on one line.
    var lastMessage: String {
        unsafe Self.oneLine(String(cString: PQerrorMessage(handle)))
    }

    static func oneLine(_ text: String) -> String {
        text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
            .joined(separator: "; ")
    }
}

extension PostgresConnection {
    /// The reason why connecting failed; libpq gives no error code here, only the server's text.
    private func connectError() -> PostgresError {
        let message = lastMessage
        let user = address.user
        if message.contains("password authentication failed")
            || message.contains("no password supplied")
        {
            return PostgresError(
                blame: .user,
                sqlState: SQLState.invalidPassword,
                """
                The PostgreSQL server at \(address) refused the login of user '\(user)': the \
                password is wrong or missing. Set the options 'username' and 'password'.
                """
            )
        }
        if message.contains("role \"\(user)\" does not exist") {
            return PostgresError(
                blame: .user,
                sqlState: SQLState.invalidAuthorization,
                "The PostgreSQL server at \(address) knows no user '\(user)'."
            )
        }
        if message.contains("database \"\(address.database)\" does not exist") {
            return PostgresError(
                blame: .user,
                sqlState: SQLState.undefinedDatabase,
                """
                The PostgreSQL server at \(address.host):\(address.port) has no database \
                '\(address.database)'.
                """
            )
        }
        if message.contains("no pg_hba.conf entry") {
            return PostgresError(
                blame: .user,
                sqlState: SQLState.invalidAuthorization,
                """
                The PostgreSQL server at \(address) refuses user '\(user)' from this machine: its \
                pg_hba.conf has no entry for it. Server: \(message)
                """
            )
        }
        return classify(message)
    }

    private func classify(_ message: String) -> PostgresError {
        if message.contains("number of requested standby connections exceeds max_wal_senders") {
            return PostgresError(
                blame: .external,
                isRetryable: true,
                isConnectionLost: true,
                sqlState: SQLState.tooManyConnections,
                """
                All max_wal_senders of the PostgreSQL server at \(address) are in use. Raise it \
                (ALTER SYSTEM SET max_wal_senders = …; restart) or stop another replica.
                """
            )
        }
        if message.contains("must be superuser or replication role")
            || message.contains("permission denied to start WAL sender")
        {
            return PostgresError(
                blame: .user,
                sqlState: SQLState.insufficientPrivilege,
                """
                User '\(address.user)' may not replicate from \(address). Run: \
                ALTER ROLE \(SQLText.identifier(address.user)) REPLICATION;
                """
            )
        }
        return PostgresError.lost(
            "The PostgreSQL server at \(address) cannot be reached: \(message)"
        )
    }
}
