/// Writes a known number of values of one fixed width.
@frozen @usableFromInline package struct FixedBuilder<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let owner: Buffer
    @usableFromInline package let count: Int

    /// Allocates `count` values with undefined content.
    @inlinable package init(count: Int) {
        owner = count == 0 ? .empty : Buffer(capacity: count * MemoryLayout<Element>.stride)
        self.count = count
    }

    /// The values for loops; valid until the builder is used otherwise.
    @inlinable package var span: MutableSpan<Element> {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableSpan(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// The first value, for folders that own raw memory.
    @inlinable @unsafe package var base: UnsafeMutablePointer<Element> {
        unsafe owner.base.assumingMemoryBound(to: Element.self)
    }

    @inlinable package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index out of range")
            return unsafe base[index]
        }
        set {
            precondition(index >= 0 && index < count, "index out of range")
            unsafe base[index] = newValue
        }
    }

    /// Sets every value.
    @inlinable package mutating func fill(with element: Element) {
        unsafe base.update(repeating: element, count: count)
    }

    /// The values as an immutable run.
    @inlinable package consuming func finish() -> FixedValues<Element> {
        FixedValues(owner: owner, start: 0, count: count)
    }

    /// The first `count` values as an immutable run; the rest is given up.
    @inlinable package consuming func finish(count kept: Int) -> FixedValues<Element> {
        precondition(kept >= 0 && kept <= count, "more values than were allocated")
        return FixedValues(owner: owner, start: 0, count: kept)
    }
}

/// Collects values of one fixed width whose number is not known before.
@frozen @usableFromInline package struct GrowingValues<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var owner: Buffer
    @usableFromInline package private(set) var count: Int
    @usableFromInline var capacity: Int

    @inlinable package init(reserving capacity: Int = 64) {
        self.capacity = max(capacity, 16)
        owner = Buffer(capacity: self.capacity * MemoryLayout<Element>.stride)
        count = 0
    }

    @inlinable package mutating func append(_ element: Element) {
        if count == capacity { grow(to: count &* 2) }
        unsafe owner.base.assumingMemoryBound(to: Element.self)[count] = element
        count &+= 1
    }

    /// Appends the same value `times` times.
    @inlinable package mutating func append(repeating element: Element, times: Int) {
        if count &+ times > capacity { grow(to: max(count &* 2, count &+ times)) }
        let target = unsafe owner.base.assumingMemoryBound(to: Element.self) + count
        unsafe target.update(repeating: element, count: times)
        count &+= times
    }

    /// Appends all values of a run.
    @inlinable package mutating func append(contentsOf values: Span<Element>) {
        if count &+ values.count > capacity {
            grow(to: max(count &* 2, count &+ values.count))
        }
        let target = unsafe owner.base.assumingMemoryBound(to: Element.self) + count
        unsafe values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress {
                unsafe target.update(from: first, count: source.count)
            }
        }
        count &+= values.count
    }

    @usableFromInline mutating func grow(to newCapacity: Int) {
        let larger = Buffer(capacity: newCapacity * MemoryLayout<Element>.stride)
        unsafe larger.base.copyMemory(
            from: owner.base,
            byteCount: count * MemoryLayout<Element>.stride
        )
        owner = larger
        capacity = newCapacity
    }

    @inlinable package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index out of range")
            return unsafe owner.base.assumingMemoryBound(to: Element.self)[index]
        }
        set {
            precondition(index >= 0 && index < count, "index out of range")
            unsafe owner.base.assumingMemoryBound(to: Element.self)[index] = newValue
        }
    }

    /// The values so far; valid until the next change.
    @inlinable package var span: Span<Element> {
        @_lifetime(borrow self)
        get {
            let base = unsafe owner.base.assumingMemoryBound(to: Element.self)
            let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    @inlinable package consuming func finish() -> FixedValues<Element> {
        FixedValues(owner: owner, start: 0, count: count)
    }
}
