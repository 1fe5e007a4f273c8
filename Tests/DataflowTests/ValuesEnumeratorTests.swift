import Connectors
import Dataflow
import Testing

@Suite struct ValuesEnumeratorTests {
    private func restored(
        _ state: String,
        held: [SourceSplit] = [],
        finished: [FinishedSplit] = []
    ) -> ValuesEnumerator {
        let enumerator = ValuesEnumerator()
        enumerator.restore(state: state, held: held, finished: finished)
        return enumerator
    }

    /// The first checkpoint behind the end of the rows names the finished split, later ones do not.
    @Test func `rows that were read are not read again, however many checkpoints have passed`() {
        let enumerator = ValuesEnumerator()
        enumerator.start()
        guard case .split(let split) = enumerator.nextSplit(forSubtask: 0) else {
            Issue.record("there is no split")
            return
        }
        let open = enumerator.snapshot(1)
        #expect(restored(open, held: [split]).nextSplit(forSubtask: 0) == .finished)
        #expect(restored(open).nextSplit(forSubtask: 0) == .split(split))
        let done = FinishedSplit(id: split.id, result: "")
        enumerator.splitFinished(done)
        let state = enumerator.snapshot(2)
        #expect(restored(state, finished: [done]).nextSplit(forSubtask: 0) == .finished)
        let again = restored(state)
        #expect(again.nextSplit(forSubtask: 0) == .finished)
        #expect(restored(again.snapshot(3)).nextSplit(forSubtask: 0) == .finished)
        // The restored checkpoint was the last that named it.
        let from = restored(open, finished: [done])
        #expect(restored(from.snapshot(4)).nextSplit(forSubtask: 0) == .finished)
    }
}
