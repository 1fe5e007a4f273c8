import CMachine
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A named operating-system thread that runs one closure to its end.
///
/// The data plane runs on these, never on the cooperative pool (DESIGN §3).
package final class WorkerThread: Sendable {
    package let name: String
    private let isFinished = Mutex(false)
    private let finished = ThreadSignal()

    /// Starts the thread at once.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top`; the system keeps the first 15 bytes.
    ///   - body: what the thread does.
    package init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        let start = ThreadStart(name: name) { [self] in
            body()
            isFinished.withLock { $0 = true }
            finished.raise()
        }
        start.launch()
    }

    /// Waits until the closure has returned.
    package func join() {
        while !isFinished.withLock({ $0 }) {
            finished.wait()
        }
        finished.raise()
    }
}

/// What a new thread is handed through `pthread_create`.
private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func launch() {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, ThreadLimits.stackBytes)
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let code = unsafe pthread_create(&thread, &attributes, { unsafe runThread($0) }, context)
        precondition(code == 0, "the system refused to start the thread '\(name)': error \(code)")
        unsafe pthread_attr_destroy(&attributes)
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    unsafe apus_set_thread_name(start.name)
    start.body()
    return nil
}
