import NIOCore
import Synchronization

/// What waits to be written to one connection; any thread adds, the event loop takes.
///
/// The first frame of a burst wakes the event loop, the others ride along in one `writev`.
final class Outbox: Sendable {
    private struct State {
        var queue: [ByteBuffer] = []
        /// Whether the last buffer of the queue gathers small frames.
        var isLastOpen = false
        var isScheduled = false
        var isClosed = false
        /// Bytes in the queue and below it that the system has not taken.
        var outstandingBytes = 0
        /// Rises with each burst that the system has taken.
        var burstsWritten = 0
    }

    private let state = Mutex(State())
    private let channel: any Channel
    private let counters: NetworkCounters
    private let pool: FramePool

    init(_ channel: any Channel, _ network: ClusterNetwork) {
        self.channel = channel
        counters = network.counters
        pool = network.pool
    }

    /// Adds a frame; false when the connection is closed.
    @discardableResult
    func send(_ frame: consuming ByteBuffer) -> Bool {
        let count = frame.readableBytes
        let buffer = frame
        let (isAccepted, mustWake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.outstandingBytes += count
            if count <= TransportLimits.smallFramesBytes / 8 {
                Self.gather(buffer, &state)
            } else {
                state.queue.append(buffer)
                state.isLastOpen = false
            }
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        guard isAccepted else { return false }
        counters.framesOut.add(1)
        counters.bytesOut.add(count)
        if mustWake { channel.eventLoop.execute { self.drain() } }
        return true
    }

    private static func gather(_ frame: ByteBuffer, _ state: inout State) {
        let limit = TransportLimits.smallFramesBytes
        if state.isLastOpen, var last = state.queue.popLast() {
            if last.readableBytes + frame.readableBytes <= limit {
                last.writeImmutableBuffer(frame)
                state.queue.append(last)
                return
            }
            state.queue.append(last)
        }
        state.queue.append(frame)
        state.isLastOpen = true
    }

    private func drain() {
        let (burst, isLast) = state.withLock { state -> ([ByteBuffer], Bool) in
            defer {
                state.queue = []
                state.isLastOpen = false
                state.isScheduled = false
            }
            return (state.queue, state.isClosed)
        }
        guard let last = burst.last else {
            if isLast { channel.close(promise: nil) }
            return
        }
        for frame in burst.dropLast() { channel.write(frame, promise: nil) }
        let count = burst.reduce(0) { $0 + $1.readableBytes }
        channel.writeAndFlush(last).whenComplete { _ in
            self.pool.give(burst)
            self.state.withLock {
                $0.outstandingBytes -= count
                $0.burstsWritten += 1
            }
            if isLast { self.channel.close(promise: nil) }
        }
    }

    /// Bytes that were sent and that the system has not taken.
    var outstandingBytes: Int { state.withLock { $0.outstandingBytes } }

    /// How many bursts the system has taken, and whether more is waiting.
    var progress: (burstsWritten: Int, isWaiting: Bool) {
        state.withLock { ($0.burstsWritten, $0.outstandingBytes > 0) }
    }

    /// Takes no more frames; what waits is still written, unless `isDropping`.
    func close(isDropping: Bool = false) {
        state.withLock {
            $0.isClosed = true
            if isDropping { $0.queue = [] }
        }
    }

    /// Writes a last frame and closes the connection behind it, or without it after a while.
    func finish(_ last: ByteBuffer) {
        let (isAccepted, mustWake) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.isClosed = true
            state.queue.append(last)
            state.outstandingBytes += last.readableBytes
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        guard isAccepted else { return }
        counters.framesOut.add(1)
        counters.bytesOut.add(last.readableBytes)
        if mustWake { channel.eventLoop.execute { self.drain() } }
        channel.eventLoop.scheduleTask(in: .microseconds(TransportLimits.lingerMicroseconds)) {
            self.channel.close(promise: nil)
        }
    }
}
