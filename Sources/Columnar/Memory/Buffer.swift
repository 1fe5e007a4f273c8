/// One block of raw memory, freed with its last owner.
///
/// Blocks are 64-byte aligned and followed by 64 readable bytes, so that loops over 8, 16 or
/// 32 bytes need no case for the tail (FAST_SWIFT rule 3). A block is written by the one builder
/// that made it and is never changed after that.
@safe @usableFromInline package final class Buffer: @unchecked Sendable {
    // Safety: written only by its builder before it is shared, read-only afterwards.
    @usableFromInline package let base: UnsafeMutableRawPointer
    /// The bytes that may be used, without the padding.
    @usableFromInline package let capacity: Int

    @usableFromInline static let alignment = 64
    @usableFromInline static let padding = 64

    /// Allocates memory with undefined content.
    @usableFromInline package init(capacity: Int) {
        precondition(capacity >= 0, "a buffer has no negative size")
        self.capacity = capacity
        unsafe base = UnsafeMutableRawPointer.allocate(
            byteCount: capacity + Self.padding,
            alignment: Self.alignment
        )
    }

    deinit {
        unsafe base.deallocate()
    }

    /// A buffer without content, shared by all empty columns.
    @usableFromInline package static let empty: Buffer = {
        let buffer = Buffer(capacity: 64)
        unsafe buffer.base.initializeMemory(as: UInt8.self, repeating: 0, count: 128)
        return buffer
    }()
}
