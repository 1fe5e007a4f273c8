package import Core
import Threads

extension Cancellation {
    /// Waits for a time, or until it is cancelled.
    package func pause(forMicroseconds microseconds: Int64) {
        let signal = ThreadSignal()
        let waking = onCancel { signal.raise() }
        defer { forget(waking) }
        signal.wait(forMicroseconds: microseconds)
    }
}
