import CPQ

/// The rows that a statement gave, in the server's text form.
@safe package final class PostgresResult {
    private let handle: OpaquePointer
    package let rowCount: Int
    package let columnCount: Int

    init(_ handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
        rowCount = Int(unsafe PQntuples(handle))
        columnCount = Int(unsafe PQnfields(handle))
    }

    deinit {
        unsafe PQclear(handle)
    }

    package func isNull(_ row: Int, _ column: Int) -> Bool {
        precondition(row < rowCount && column < columnCount, "no such field in the result")
        return unsafe PQgetisnull(handle, Int32(row), Int32(column)) == 1
    }

    /// The bytes of a value, empty for NULL; valid as long as this result is.
    @_lifetime(borrow self)
    package func bytes(_ row: Int, _ column: Int) -> Span<UInt8> {
        precondition(row < rowCount && column < columnCount, "no such field in the result")
        let length = Int(unsafe PQgetlength(handle, Int32(row), Int32(column)))
        guard let value = unsafe PQgetvalue(handle, Int32(row), Int32(column)) else {
            return Span()
        }
        let raw = unsafe UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self)
        let span = unsafe Span(_unsafeStart: raw, count: length)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// A value as text; nil for NULL.
    package func text(_ row: Int, _ column: Int) -> String? {
        if isNull(row, column) { return nil }
        return unsafe PQgetvalue(handle, Int32(row), Int32(column)).map {
            unsafe String(cString: $0)
        }
    }

    /// A value as a whole number; nil for NULL and anything else.
    package func integer(_ row: Int, _ column: Int) -> Int? {
        text(row, column).flatMap { Int($0) }
    }

    /// A boolean value; false for NULL.
    package func bool(_ row: Int, _ column: Int) -> Bool {
        text(row, column) == "t"
    }

    /// All values of one row.
    package func row(_ row: Int) -> [String?] {
        (0..<columnCount).map { text(row, $0) }
    }

    /// The number of rows that a statement changed.
    package var affectedRows: Int {
        unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0
    }
}
