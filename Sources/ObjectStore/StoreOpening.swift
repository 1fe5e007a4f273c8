/// Opens stores by their location; shared by everything in a process.
package protocol StoreOpening: Sendable {
    /// Opens the store at a location such as `s3://bucket/prefix`, `file:///path` or `/path`.
    ///
    /// - Throws: `ObjectStoreError` when nothing of that kind can be opened here.
    func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore
}

/// Opens folders only: for processes without access to a network store, and for tests.
package struct FolderOpening: StoreOpening {
    package init() {}

    package func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore {
        var path = location
        if path.hasPrefix("file://") { path = String(path.dropFirst("file://".count)) }
        guard path.hasPrefix("/") else {
            throw ObjectStoreError(
                .failed,
                "'\(location)' is no folder: give an absolute path, or file:///path."
            )
        }
        return try DirectoryStore(path: path)
    }
}
