/// The limits of the management interface.
package enum ManagementLimits {
    /// The longest request body, a script included.
    package static let bodyBytesMax = 8 << 20
    /// The most lines of a log in one answer.
    package static let logLinesMax = 10_000
    /// The lines of a log if no number is given.
    package static let logLinesDefault = 1_000
    /// The failures of a job if no number is given, as in Flink.
    package static let exceptionsDefault = 20
}
