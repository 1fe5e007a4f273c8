import ClusterKit
import Glibc

/// Kills the processes of a cluster in turn and starts them again at once; rescales jobs.
struct ClusterDisturber {
    private let cluster: TestCluster
    private var random: SplitMix
    private(set) var kills: [String: Int] = [:]

    init(_ cluster: TestCluster, seed: UInt64) {
        self.cluster = cluster
        random = SplitMix(state: seed)
    }

    /// Waits a random time and does something to jobs that have not ended.
    mutating func disturb(_ unended: [String]) throws {
        usleep(UInt32.random(in: 100_000...1_500_000, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            try cluster.killJobManager()
            try cluster.startJobManager()
            kills["job manager", default: 0] += 1
        case 2..<4:
            // It may have ended by now, or wait for slots: then it says so.
            _ = try cluster.jobctl(
                [
                    "rescale", unended[0], "--no-wait", "--parallelism",
                    "\(Int.random(in: 1...4, using: &random))",
                ]
            )
        default:
            let name = "tm\(Int.random(in: 0...1, using: &random))"
            try cluster.killTaskManager(name)
            try cluster.startTaskManager(name)
            kills[name, default: 0] += 1
        }
    }
}
