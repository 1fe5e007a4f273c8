import Core
package import ObjectStore

/// Collects the small files of one subtask in one checkpoint and writes them as one object.
package struct PackedFile {
    private var bytes: [UInt8] = []
    private var slices: [(name: String, offset: Int, count: Int, checksum: UInt32)] = []

    package init() {}

    /// The number of files so far; what `add` of the next one returns.
    package var count: Int { slices.count }

    /// Adds a file.
    ///
    /// - Returns: its place in what `write` returns.
    package mutating func add(name: String, _ content: [UInt8]) -> Int {
        slices.append((name, bytes.count, content.count, Checksum.of(content.span)))
        bytes.append(contentsOf: content)
        return slices.count - 1
    }

    /// Writes the object, if there is anything in it.
    ///
    /// - Parameters:
    ///   - store: where to.
    ///   - base: the base of the manifest's keys.
    ///   - key: the object, relative to the base.
    /// - Returns: a reference to each file, in the order of `add`.
    /// - Throws: when it cannot be written.
    package func write(
        to store: any ObjectStore,
        base: String,
        key: String
    ) throws(ObjectStoreError) -> [FileReference] {
        guard !slices.isEmpty else { return [] }
        try store.put(base + key, bytes, ifAbsent: false)
        return slices.map { slice in
            FileReference(
                name: slice.name,
                key: key,
                offset: Int64(slice.offset),
                bytes: Int64(slice.count),
                checksum: slice.checksum,
                objectBytes: Int64(bytes.count)
            )
        }
    }
}
