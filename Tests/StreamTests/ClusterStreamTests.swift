import ClusterKit
import Foundation
import TestKit
import Testing

/// Every case on a cluster of three processes, with the real programs between its tables.
@Suite(.serialized) struct ClusterStreamTests {
    @Test(arguments: ClusterMode.all)
    func `every case gives its table on a cluster`(_ mode: ClusterMode) async throws {
        let seed =
            ProcessInfo.processInfo.environment["APUS_SEED"].flatMap(UInt64.init)
            ?? .random(in: .min ... .max)
        try await JobThreads.run {
            let run = try ClusterStreamRun(mode, try StreamCase.all())
            try run.submit()
            var disturber = ClusterDisturber(run.cluster, seed: seed)
            try run.wait(seconds: 120) { unended in
                if mode.isDisturbed { try disturber.disturb(unended) }
            }
            let defects = try run.defects()
            guard !defects.isEmpty else { return }
            let head = mode.isDisturbed ? "APUS_SEED=\(seed), killed \(disturber.kills)\n" : ""
            let list = defects.joined(separator: "\n")
            Issue.record("\(mode.testDescription)\n\(head)\(list)\n\(run.cluster.logEnds)")
        }
    }
}
