/// A file of a state database, as a checkpoint of it sees it.
package struct LocalFile: Hashable, Sendable {
    /// The name that RocksDB gave it, such as `000123.sst`.
    package let name: String
    package let path: String
    package let bytes: Int64
    /// Whether the file never changes and its name is never given again in this database: it need
    /// be uploaded only once.
    package let isTable: Bool

    package init(name: String, path: String, bytes: Int64, isTable: Bool) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.isTable = isTable
    }
}
