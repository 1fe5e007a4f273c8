import CPQ

/// Parameters of a statement as text, in one run of bytes; each ends with a zero byte.
package struct StatementParameters: Sendable {
    private var bytes: [UInt8] = []
    /// Where each value starts; nil for NULL.
    private var starts: [Int?] = []

    package init() {}

    package init(_ texts: [String?]) {
        for text in texts { append(text) }
    }

    package var count: Int { starts.count }

    package mutating func append(_ text: String?) {
        guard let text else {
            starts.append(nil)
            return
        }
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }

    /// Appends a value of UTF-8 bytes without a zero among them.
    package mutating func append(_ value: Span<UInt8>) {
        starts.append(bytes.count)
        bytes.reserveCapacity(bytes.count + value.count + 1)
        unsafe value.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(0)
    }

    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { raw in
            let base = raw.baseAddress
            let pointers = unsafe starts.map { start -> UnsafePointer<CChar>? in
                guard let start, let base = unsafe base else { return nil }
                return unsafe (base + start).assumingMemoryBound(to: CChar.self)
            }
            return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
        }
    }
}
