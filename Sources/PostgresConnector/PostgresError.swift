package import Connectors
package import Core

/// Why talking to a PostgreSQL server failed.
package struct PostgresError: Failure {
    package let blame: Blame
    package let isRetryable: Bool
    package let message: String
    /// The server's five-letter error code; nil when the error is ours or the network's.
    package let sqlState: String?
    /// Whether the connection is unusable now.
    package let isConnectionLost: Bool

    package init(
        blame: Blame,
        isRetryable: Bool = false,
        isConnectionLost: Bool = false,
        sqlState: String? = nil,
        _ message: String
    ) {
        self.blame = blame
        self.isRetryable = isRetryable
        self.isConnectionLost = isConnectionLost
        self.sqlState = sqlState
        self.message = message
    }

    /// An error that the server reported.
    package init(sqlState: String, _ message: String) {
        self.init(
            blame: SQLState.blame(sqlState),
            isRetryable: SQLState.isRetryable(sqlState),
            isConnectionLost: SQLState.endsConnection(sqlState),
            sqlState: sqlState,
            message
        )
    }

    /// The connection broke, or could not be made.
    package static func lost(_ message: String) -> PostgresError {
        PostgresError(
            blame: .external,
            isRetryable: true,
            isConnectionLost: true,
            message
        )
    }

    /// The job was stopped while it waited for the server.
    static func stopped(_ address: PostgresAddress) -> PostgresError {
        PostgresError(
            blame: .external,
            isConnectionLost: true,
            "The job was stopped while it waited for PostgreSQL at \(address)."
        )
    }

    /// The same error with a sentence in front that says what was being done.
    package func during(_ context: String) -> PostgresError {
        PostgresError(
            blame: blame,
            isRetryable: isRetryable,
            isConnectionLost: isConnectionLost,
            sqlState: sqlState,
            "\(context): \(message)"
        )
    }

    /// The error as the connector protocols throw it.
    package var connectorError: ConnectorError {
        ConnectorError(blame: blame, isRetryable: isRetryable, message)
    }
}

/// What the server's error codes mean for us (PostgreSQL documentation, appendix A).
package enum SQLState {
    package static let undefinedTable = "42P01"
    package static let undefinedObject = "42704"
    package static let duplicateObject = "42710"
    package static let insufficientPrivilege = "42501"
    package static let objectInUse = "55006"
    package static let uniqueViolation = "23505"
    package static let exclusionViolation = "23P01"
    package static let foreignKeyViolation = "23503"
    package static let invalidPassword = "28P01"
    package static let invalidAuthorization = "28000"
    package static let undefinedDatabase = "3D000"
    package static let configurationLimitExceeded = "53400"
    package static let tooManyConnections = "53300"
    package static let notInPrerequisiteState = "55000"
    package static let duplicateTable = "42P07"

    /// Whether the same statement may succeed later without anybody's help.
    package static func isRetryable(_ state: String) -> Bool {
        switch state.prefix(2) {
        case "08", "40": true
        case "53": state != configurationLimitExceeded
        case "57": state != "57P04"
        default: state == "55P03" || state == objectInUse
        }
    }

    /// Whether the server closes the connection with this error.
    static func endsConnection(_ state: String) -> Bool {
        state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(state)
    }

    static func blame(_ state: String) -> Blame {
        switch state.prefix(2) {
        case "28", "3D", "3F", "42", "22", "23": .user
        default: .external
        }
    }
}
