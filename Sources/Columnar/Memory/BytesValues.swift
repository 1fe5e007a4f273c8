/// A run of immutable byte strings: `count + 1` rising offsets into one block of bytes.
@frozen @usableFromInline package struct BytesValues: Sendable {
    /// Where each value starts in `bytes`; one more than there are values.
    @usableFromInline package let offsets: FixedValues<Int32>
    /// The bytes of all values; a slice shares them.
    @usableFromInline package let bytes: FixedValues<UInt8>

    @inlinable package init(offsets: FixedValues<Int32>, bytes: FixedValues<UInt8>) {
        precondition(offsets.count > 0, "offsets have one entry more than there are values")
        self.offsets = offsets
        self.bytes = bytes
    }

    /// No values.
    @inlinable package init() {
        self.init(offsets: FixedValues(repeating: 0, count: 1), bytes: FixedValues())
    }

    package init(_ texts: some Collection<String>) {
        var builder = BytesBuilder(reserving: texts.count)
        for text in texts { builder.append(text) }
        self = builder.finish()
    }

    /// `count` empty values.
    package static func empties(count: Int) -> BytesValues {
        BytesValues(offsets: FixedValues(repeating: 0, count: count + 1), bytes: FixedValues())
    }

    @inlinable package var count: Int { offsets.count &- 1 }

    /// The bytes of one value.
    @inlinable package func length(_ index: Int) -> Int {
        Int(offsets[index &+ 1] &- offsets[index])
    }

    /// One value; valid as long as this run is.
    @inlinable package subscript(index: Int) -> Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let lower = Int(offsets[index])
            let upper = Int(offsets[index &+ 1])
            precondition(lower <= upper && upper <= bytes.count, "offsets leave the bytes")
            let span = unsafe Span(_unsafeStart: bytes.base + lower, count: upper &- lower)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// One value as text, for cold code; bytes that are not UTF-8 are replaced.
    package func string(_ index: Int) -> String {
        let value = self[index]
        return unsafe value.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The values of a range of rows, in the same memory.
    package func slice(_ range: Range<Int>) -> BytesValues {
        BytesValues(
            offsets: offsets.slice(range.lowerBound..<range.upperBound + 1),
            bytes: bytes
        )
    }

    /// The number of bytes of all values together.
    package var totalLength: Int { Int(offsets[count] - offsets[0]) }

    /// The values at the given positions, in that order; a negative position gives an empty one.
    package func gather(_ positions: Span<Int32>) -> BytesValues {
        var newOffsets = FixedBuilder<Int32>(count: positions.count + 1)
        let old = offsets.span
        var total = 0
        do {
            var output = newOffsets.span
            output[0] = 0
            for index in positions.indices {
                let position = Int(positions[index])
                if position >= 0 { total &+= Int(old[position &+ 1] &- old[position]) }
                precondition(total <= Int(Int32.max), "a column holds at most 2 GB of text")
                output[index &+ 1] = Int32(truncatingIfNeeded: total)
            }
        }
        let target = FixedBuilder<UInt8>(count: total)
        unsafe copyPieces(positions, to: target.base)
        return BytesValues(offsets: newOffsets.finish(), bytes: target.finish())
    }

    private func copyPieces(_ positions: Span<Int32>, to target: UnsafeMutablePointer<UInt8>) {
        let old = offsets.span
        let source = unsafe bytes.base
        var cursor = 0
        for index in positions.indices {
            let position = Int(positions[index])
            guard position >= 0 else { continue }
            let lower = Int(old[position])
            let length = Int(old[position &+ 1]) &- lower
            unsafe RawCopy.copy(from: source + lower, to: target + cursor, count: length)
            cursor &+= length
        }
    }

    /// All values of the pieces, one after the other.
    package static func concatenate(_ pieces: [BytesValues]) -> BytesValues {
        let length = pieces.reduce(0) { $0 + $1.totalLength }
        precondition(length <= Int(Int32.max), "a column holds at most 2 GB of text")
        var offsets = FixedBuilder<Int32>(count: pieces.reduce(1) { $0 + $1.count })
        let bytes = FixedBuilder<UInt8>(count: length)
        offsets[0] = 0
        var row = 0
        var filled = 0
        for piece in pieces {
            let old = piece.offsets.span
            let first = old[0]
            let shift = Int32(truncatingIfNeeded: filled) &- first
            var new = offsets.span
            for index in 1..<old.count { new[row &+ index] = old[index] &+ shift }
            unsafe (bytes.base + filled)
                .update(from: piece.bytes.base + Int(first), count: piece.totalLength)
            row &+= piece.count
            filled &+= piece.totalLength
        }
        return BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
    }

    /// Whether two values are the same bytes.
    package func equals(_ index: Int, _ other: BytesValues, _ otherIndex: Int) -> Bool {
        let left = self[index]
        let right = other[otherIndex]
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                unsafe left.elementsEqual(right)
            }
        }
    }

    package var strings: [String] { (0..<count).map { string($0) } }
}

extension BytesValues: Equatable {
    @usableFromInline package static func == (left: BytesValues, right: BytesValues) -> Bool {
        left.count == right.count && (0..<left.count).allSatisfy { left.equals($0, right, $0) }
    }
}

/// Copies of short runs of bytes without a call for each.
@usableFromInline package enum RawCopy {
    /// Copies `count` bytes, and up to 15 more when `count` is small.
    ///
    /// Both sides must have padding behind their blocks, as `Buffer` gives it, and whatever lies
    /// behind the target must be written later.
    @inlinable @unsafe package static func copy(
        from source: UnsafePointer<UInt8>,
        to target: UnsafeMutablePointer<UInt8>,
        count: Int
    ) {
        let from = unsafe UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        if count > 64 {
            unsafe to.copyMemory(from: from, byteCount: count)
            return
        }
        var offset = 0
        while offset < count {
            let block = unsafe from.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
            unsafe to.storeBytes(of: block, toByteOffset: offset, as: SIMD16<UInt8>.self)
            offset &+= 16
        }
    }
}
