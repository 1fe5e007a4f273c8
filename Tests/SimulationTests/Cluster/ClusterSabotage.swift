/// Ways to break the cluster on purpose, in what surrounds the real machines.
enum ClusterSabotage: CaseIterable, Sendable {
    /// One acknowledgement is made up: nobody waits for that slot's files.
    case skipsOneAcknowledgement
    /// Sinks are told to commit before the manifest is written.
    case commitsBeforeTheManifest
    /// Nobody looks for the claims of newer leaders, or at what they started from: each of the two
    /// alone keeps most of the harm away.
    case ignoresTheEpoch
    /// A manifest that appears late, after its job has started from an older one, counts.
    case forgetsWhatItStartedFrom

    /// What the checker may say of it: rows twice, rows lost, or transactions that are gone.
    var expected: [String] {
        switch self {
        case .skipsOneAcknowledgement: ["key groups"]
        case .commitsBeforeTheManifest: ["is there twice", "was counted"]
        case .ignoresTheEpoch:
            ["is there twice", "was aborted", "was counted", "of job", "as failed"]
        case .forgetsWhatItStartedFrom: ["was aborted", "is there twice", "was counted"]
        }
    }
}
