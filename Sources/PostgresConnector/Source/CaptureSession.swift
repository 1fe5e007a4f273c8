import Connectors
import Core

/// Connects for one source, with the retries that its options ask for, and says so.
struct CaptureSession {
    let options: CaptureOptions
    let context: SourceContext
    let signal: InterruptSignal

    /// Connects, trying again after failures that may pass.
    ///
    /// - Throws: the last failure, when the attempts are used up or it is of another kind.
    func connect(
        _ purpose: PostgresPurpose = .queries
    ) throws(PostgresError) -> PostgresConnection {
        try retrying("connect to PostgreSQL at \(options.address)") { () throws(PostgresError) in
            try connectOnce(purpose)
        }
    }

    /// The sessions of the job at this server.
    var name: SessionName {
        SessionName(
            kind: "capture",
            owner: context.jobID.text,
            claim: context.claim,
            subtask: context.subtask
        )
    }

    func connectOnce(_ purpose: PostgresPurpose) throws(PostgresError) -> PostgresConnection {
        try PostgresConnection.connect(
            options.address,
            purpose: purpose,
            applicationName: name.text(options.address),
            timeoutMicroseconds: options.connectTimeoutMicroseconds,
            signal: signal
        )
    }

    /// Does something until it works, the attempts are used up or the failure is for people.
    func retrying<Result>(
        _ what: String,
        _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        var backoff = CaptureSession.backoff
        var generator = SystemRandomNumberGenerator()
        for attempt in 1... {
            do {
                return try body()
            } catch {
                guard error.isRetryable, attempt <= options.connectRetriesMax else { throw error }
                let pause = backoff.nextMicroseconds(using: &generator)
                context.report(
                    ConnectorReport(
                        .warning,
                        """
                        Cannot \(what): \(error.message) Retry \(attempt) of \
                        \(options.connectRetriesMax) in \(DurationText.short(microseconds: pause)).
                        """
                    )
                )
                signal.sleep(microseconds: pause)
            }
        }
        preconditionFailure("an endless loop has ended")
    }

    static var backoff: Backoff {
        Backoff(
            initialMicroseconds: CaptureLimits.retryInitialMicroseconds,
            maximumMicroseconds: CaptureLimits.retryMaximumMicroseconds
        )
    }

    func report(_ level: ConnectorReport.Level, _ message: String) {
        context.report(ConnectorReport(level, message))
    }
}
