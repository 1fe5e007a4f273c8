import CRocksDB

/// Makes one call of RocksDB and turns the text it leaves on failure into an error.
@unsafe
func rocks<Result>(
    _ what: @autoclosure () -> String,
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) throws(StateError) -> Result {
    var text: UnsafeMutablePointer<CChar>? = nil
    let result = unsafe body(&text)
    if let text = unsafe text {
        defer { unsafe rocksdb_free(text) }
        throw rocksError(what(), unsafe String(cString: text))
    }
    return result
}

/// What a text of RocksDB means.
func rocksError(_ what: String, _ text: String) -> StateError {
    let isFull = text.contains("No space left on device") || text.contains("quota exceeded")
    let isDamaged = text.hasPrefix("Corruption")
    return StateError(
        isFull ? .full : isDamaged ? .damaged : .failed,
        "RocksDB failed to \(what): \(text)"
    )
}
