extension FixedBuilder {
    /// Takes over a block that a decoder has filled with at least `count` values.
    @inlinable package init(adopting buffer: Buffer, count: Int) {
        precondition(
            count * MemoryLayout<Element>.stride <= buffer.capacity,
            "the block is too small for its values"
        )
        owner = buffer
        self.count = count
    }
}
