import Checkpoints
import Core
import Testing

@Suite struct DecisionTests {
    private func finding(
        _ id: CheckpointID,
        _ epoch: UInt64,
        _ defects: [String] = []
    ) -> CheckpointFinding {
        CheckpointFinding(name: "c\(id)", checkpointID: id, leaderEpoch: epoch, defects: defects)
    }

    private func refusal(_ decision: RecoveryDecision) -> String? {
        if case .refuse(let text) = decision { text } else { nil }
    }

    @Test func `without checkpoints a job starts afresh unless one was asked for`() {
        #expect(RecoveryDecision.choose([], .newest) == .fresh)
        #expect(refusal(.choose([], .latest)) != nil)
        #expect(refusal(.choose([], .exactly("c1")))?.contains("c1") == true)
    }

    @Test func `the newest whole checkpoint is the one of the newest leader`() {
        let findings = [finding(5, 1), finding(6, 2), finding(9, 1), finding(7, 2)]
        #expect(RecoveryDecision.choose(findings, .newest) == .restore(name: "c7", notes: []))
        #expect(RecoveryDecision.choose(findings, .latest) == .restore(name: "c7", notes: []))
    }

    @Test func `a damaged checkpoint is passed over with a note`() {
        let findings = [
            finding(1, 1), finding(2, 1, ["the file 'f' has changed"]), finding(3, 0, ["cut"]),
        ]
        guard case .restore(let name, let notes) = RecoveryDecision.choose(findings, .newest) else {
            Issue.record("nothing was chosen")
            return
        }
        #expect(name == "c1")
        #expect(notes.count == 2)
        #expect(notes[0].contains("c3") && notes[0].contains("cut"))
        #expect(notes[1].contains("c2") && notes[1].contains("'f'"))
    }

    @Test func `state is never given up silently`() {
        let findings = [finding(1, 1, ["a"]), finding(2, 1, ["b"])]
        let text = refusal(.choose(findings, .newest))
        #expect(text?.contains("c1") == true && text?.contains("c2") == true)
    }

    @Test func `a checkpoint that was named is used or refused with an offer`() {
        let findings = [finding(1, 1), finding(2, 1, ["the file 'f' is missing"])]
        #expect(
            RecoveryDecision.choose(findings, .exactly("c1")) == .restore(name: "c1", notes: [])
        )
        let text = refusal(.choose(findings, .exactly("c2")))
        #expect(text?.contains("'f' is missing") == true)
        #expect(text?.contains("'c1' is whole") == true)
    }

    // Retention.

    private static let layout = CheckpointLayout(jobID: JobID(text: "job"))

    private func entry(
        _ id: CheckpointID,
        _ keys: [String],
        epoch: UInt64 = 1
    ) -> RetentionPlan.Entry {
        let all = keys.map { "job/\($0)" } + ["job/chk-\(id)/_metadata", "job/chk-\(id)/1-0"]
        return RetentionPlan.Entry(checkpointID: id, leaderEpoch: epoch, keys: Set(all))
    }

    private func plan(
        _ entries: [RetentionPlan.Entry],
        _ others: [String],
        keep: Int,
        inProgress: Set<CheckpointID> = []
    ) -> RetentionPlan {
        let objects = Set(entries.flatMap(\.keys)).union(others.map { "job/\($0)" })
        return RetentionPlan.decide(
            complete: entries,
            objects: objects.sorted(),
            keep: keep,
            inProgress: inProgress,
            layout: Self.layout
        )
    }

    @Test func `old checkpoints go, and with them what only they refer to`() {
        let entries = [
            entry(1, ["shared/1-1-a-0-1.sst"]),
            entry(2, ["shared/1-1-a-0-1.sst", "shared/2-1-a-0-2.sst"]),
            entry(3, ["shared/2-1-a-0-2.sst", "shared/3-1-a-0-3.sst"]),
        ]
        let result = plan(entries, ["leader/1", "savepoint-x/_metadata"], keep: 1)
        #expect(result.manifests == ["job/chk-1/_metadata", "job/chk-2/_metadata"])
        #expect(result.files == ["job/chk-1/1-0", "job/chk-2/1-0", "job/shared/1-1-a-0-1.sst"])
        let two = plan(entries, [], keep: 2)
        #expect(two.manifests == ["job/chk-1/_metadata"])
        #expect(two.files == ["job/chk-1/1-0"])
        #expect(plan(entries, [], keep: 3).isEmpty)
    }

    @Test func `what a checkpoint in progress may use stays`() {
        let entries = [entry(4, ["shared/4-1-a-0-1.sst"])]
        let others = [
            "shared/3-1-a-0-9.sst", "shared/5-1-a-0-2.sst", "shared/6-1-a-0-3.sst",
            "chk-3/1-0", "chk-5/1-0", "chk-6/1-0",
        ]
        let result = plan(entries, others, keep: 1, inProgress: [6])
        #expect(result.files == ["job/chk-3/1-0", "job/shared/3-1-a-0-9.sst"])
        let later = plan(entries + [entry(7, [])], others, keep: 1, inProgress: [])
        #expect(later.manifests == ["job/chk-4/_metadata"])
        #expect(later.files.count == 8)
    }

    @Test func `without a complete checkpoint nothing is deleted`() {
        #expect(plan([], ["shared/1-1-a-0-1.sst", "chk-1/1-0"], keep: 1).isEmpty)
    }

    @Test func `a leader of an older epoch does not decide what is newest`() {
        let entries = [entry(8, ["shared/8-1-a-0-1.sst"], epoch: 1), entry(5, [], epoch: 2)]
        let result = plan(entries, [], keep: 1)
        #expect(result.manifests == ["job/chk-8/_metadata"])
        #expect(!result.files.contains("job/chk-5/1-0"))
    }
}
