import NIOCore
import Synchronization

/// Buffers of frames that have been written, kept for the next ones.
///
/// A block that is given back to the system and asked for again costs a page fault for every 4 KB,
/// which is more than sending them does.
final class FramePool: Sendable {
    private struct State {
        var free: [ByteBuffer] = []
        var byteCount = 0
    }

    private let state = Mutex(State())

    /// An empty buffer with room for so many bytes.
    func take(_ byteCount: Int) -> ByteBuffer {
        let kept = byteCount < TransportLimits.pooledFrameBytesMin ? nil : pop()
        guard var buffer = kept, buffer.capacity >= byteCount else {
            return ByteBufferAllocator().buffer(capacity: byteCount)
        }
        buffer.clear()
        return buffer
    }

    private func pop() -> ByteBuffer? {
        state.withLock { state in
            let buffer = state.free.popLast()
            state.byteCount -= buffer?.capacity ?? 0
            return buffer
        }
    }

    /// Keeps what is large enough to be worth it, up to a limit.
    func give(_ buffers: consuming [ByteBuffer]) {
        let buffers = buffers
        state.withLock { state in
            for buffer in buffers
            where buffer.capacity >= TransportLimits.pooledFrameBytesMin
                && state.byteCount + buffer.capacity <= TransportLimits.pooledBytesMax
            {
                state.free.append(buffer)
                state.byteCount += buffer.capacity
            }
        }
    }
}
