#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A latch that one thread raises and another waits for; a raise is kept until it is consumed.
@safe package final class ThreadSignal: @unchecked Sendable {
    // Safety: `raised` is only touched with `mutex` held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var raised = false

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        #if !canImport(Darwin)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Wakes the waiting thread, or the next one to wait.
    package func raise() {
        unsafe pthread_mutex_lock(mutex)
        raised = true
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits for a raise and consumes it.
    package func wait() {
        unsafe pthread_mutex_lock(mutex)
        while !raised {
            unsafe pthread_cond_wait(condition, mutex)
        }
        raised = false
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits for a raise for a bounded time.
    ///
    /// - Returns: whether there was a raise; it is consumed.
    @discardableResult
    package func wait(forMicroseconds timeoutMicroseconds: Int64) -> Bool {
        var deadline = timespec()
        #if canImport(Darwin)
        _ = unsafe clock_gettime(CLOCK_REALTIME, &deadline)
        #else
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        #endif
        let nanoseconds = Int64(deadline.tv_nsec) + max(0, timeoutMicroseconds) % 1_000_000 * 1000
        let seconds = max(0, timeoutMicroseconds) / 1_000_000 + nanoseconds / 1_000_000_000
        deadline.tv_sec += Int(seconds)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !raised {
            if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
        }
        defer { raised = false }
        return raised
    }
}
