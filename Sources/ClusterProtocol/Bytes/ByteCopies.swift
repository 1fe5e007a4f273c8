extension Span<UInt8> {
    /// The bytes as an array.
    package var array: [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}

extension OutputRawSpan {
    /// Appends bytes; traps when there is no room for them.
    @_lifetime(self: copy self)
    package mutating func append(contentsOf bytes: [UInt8]) {
        precondition(bytes.count <= freeCapacity, "more bytes than there is room for")
        unsafe withUnsafeMutableBytes { target, initializedCount in
            unsafe bytes.withUnsafeBytes { source in
                let free = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: target[initializedCount...]
                )
                unsafe free.copyMemory(from: source)
            }
            initializedCount += bytes.count
        }
    }
}
