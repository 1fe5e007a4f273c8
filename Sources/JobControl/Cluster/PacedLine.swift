/// Shows that something goes on that is waited for: on a terminal as the live line, elsewhere as
/// an event every ten seconds.
struct PacedLine {
    private static let pauseMicroseconds: Int64 = 10_000_000

    private let session: ClusterSession
    /// The name of the event.
    private let event: String
    private var lastMicroseconds: Int64 = 0

    init(_ session: ClusterSession, _ event: String) {
        self.session = session
        self.event = event
    }

    /// Shows how far it is.
    ///
    /// - Parameters:
    ///   - text: a sentence for people.
    ///   - elapsed: since it is waited for.
    ///   - facts: for machines.
    mutating func show(
        _ text: String,
        elapsedMicroseconds elapsed: Int64,
        _ facts: [(key: String, value: EventValue)] = []
    ) {
        if session.console.isTerminal, session.form == .text {
            session.console.live(text)
        } else if elapsed >= lastMicroseconds + Self.pauseMicroseconds {
            lastMicroseconds = elapsed
            session.log.write("info", event, text, facts)
        }
    }
}
