package import Core
import PostgresConnector

/// Why rows cannot be generated.
package struct GeneratorError: Failure {
    package let blame: Blame
    package let isRetryable = false
    package let message: String

    package init(blame: Blame, _ message: String) {
        self.blame = blame
        self.message = message
    }

    /// An error of the database in the words of somebody who generates rows.
    init(_ error: PostgresError, writingTo address: PostgresAddress) {
        blame = error.blame
        switch error.sqlState {
        case SQLState.invalidPassword?:
            message = """
                The PostgreSQL server at \(address) refused the login of user '\(address.user)': \
                the password is wrong or missing. Give it in the URL \
                (postgres://user:password@host:port/database) or in PGPASSWORD.
                """
        case SQLState.undefinedTable?:
            message = "\(error.message) in \(address): --create makes the tables."
        default: message = error.message
        }
    }
}
