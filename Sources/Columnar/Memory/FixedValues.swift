/// A run of immutable values of one fixed width; a slice shares the memory of the whole.
@frozen @usableFromInline package struct FixedValues<Element: BitwiseCopyable>: Sendable {
    @usableFromInline let owner: Buffer
    @usableFromInline let start: Int
    @usableFromInline package let count: Int

    @inlinable init(owner: Buffer, start: Int, count: Int) {
        self.owner = owner
        self.start = start
        self.count = count
    }

    /// No values.
    @inlinable package init() {
        self.init(owner: .empty, start: 0, count: 0)
    }

    /// Copies the given elements.
    @inlinable package init(_ elements: some Collection<Element>) {
        var builder = FixedBuilder<Element>(count: elements.count)
        var index = 0
        for element in elements {
            builder[index] = element
            index += 1
        }
        self = builder.finish()
    }

    /// The same value `count` times.
    @inlinable package init(repeating element: Element, count: Int) {
        var builder = FixedBuilder<Element>(count: count)
        builder.fill(with: element)
        self = builder.finish()
    }

    /// The values for loops; valid as long as this value is.
    @inlinable package var span: Span<Element> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: base, count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The first value, for folders that own raw memory; `owner` must be kept alive.
    @inlinable @unsafe package var base: UnsafePointer<Element> {
        unsafe UnsafePointer(
            (owner.base + start &* MemoryLayout<Element>.stride)
                .assumingMemoryBound(to: Element.self)
        )
    }

    /// One value; for cold code, loops use `span`.
    @inlinable package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "index out of range")
        return unsafe base[index]
    }

    /// The values of a range of rows, in the same memory.
    @inlinable package func slice(_ range: Range<Int>) -> FixedValues<Element> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice out of range")
        return FixedValues(owner: owner, start: start &+ range.lowerBound, count: range.count)
    }

    /// The values as an array; for tests and cold code.
    @inlinable package var array: [Element] {
        let span = span
        return (0..<count).map { span[$0] }
    }
}
