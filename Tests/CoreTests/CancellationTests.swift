import Core
import Synchronization
import Testing

@Suite struct CancellationTests {
    private final class Calls: Sendable {
        let names = Mutex<[String]>([])

        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    @Test func `handlers run once, in the order in which they came`() {
        let calls = Calls()
        let cancellation = Cancellation()
        for number in 1...3 { cancellation.onCancel { calls.add("\(number)") } }
        #expect(!cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        cancellation.onCancel { calls.add("late") }
        #expect(calls.all == ["1", "2", "3", "late"])
    }

    @Test func `a handler that was taken back does not run`() {
        let calls = Calls()
        let cancellation = Cancellation()
        let first = cancellation.onCancel { calls.add("first") }
        cancellation.onCancel { calls.add("second") }
        cancellation.forget(first)
        cancellation.cancel()
        #expect(calls.all == ["second"])
        let late = cancellation.onCancel { calls.add("late") }
        cancellation.forget(late)
        #expect(calls.all == ["second", "late"])
    }
}
