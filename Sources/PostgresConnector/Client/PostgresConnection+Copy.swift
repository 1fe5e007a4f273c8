import CPQ
import Core

/// What came of reading a COPY stream.
package enum CopyRead: Sendable {
    case message
    /// Nothing more has arrived.
    case nothing
    /// The server ended the stream.
    case end
}

extension PostgresConnection {
    /// Starts a COPY or a replication stream.
    package func startCopy(_ sql: String) throws(PostgresError) {
        try execute(sql)
    }

    /// Hands the next message of a COPY stream to a closure, if one has arrived.
    ///
    /// The bytes are valid during the call only.
    package func readCopy(
        _ body: (Span<UInt8>) throws(PostgresError) -> Void
    ) throws(PostgresError) -> CopyRead {
        var buffer: UnsafeMutablePointer<CChar>?
        let length = Int(unsafe PQgetCopyData(handle, &buffer, 1))
        if length == 0 { return .nothing }
        if length == -1 {
            try drainResults()
            return .end
        }
        guard length > 0, let bytes = unsafe buffer else {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
        defer { unsafe PQfreemem(bytes) }
        let raw = unsafe UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self)
        try body(unsafe Span(_unsafeStart: raw, count: length))
        return .message
    }

    /// Reads from the socket without waiting, so that `readCopy` finds what has arrived.
    package func receiveAvailable() throws(PostgresError) {
        try consumeInput()
    }

    /// Waits until something arrives, the signal is raised or the time is over.
    ///
    /// - Returns: whether the signal was raised.
    package func waitForInput(microseconds: Int64) -> Bool {
        let outcome = signal.wait(for: unsafe PQsocket(handle), microseconds: microseconds)
        switch outcome {
        case .interrupted, .ended: return true
        default: return false
        }
    }

    /// Sends a message into a COPY stream and flushes it.
    package func writeCopy(_ bytes: Span<UInt8>, flush: Bool = true) throws(PostgresError) {
        let outcome = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return 1 }
            let raw = unsafe UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
            var state: Int32 = 0
            while state == 0 {
                state = unsafe PQputCopyData(handle, raw, Int32(buffer.count))
                if state == 0 {
                    let outcome = signal.wait(
                        for: unsafe PQsocket(handle),
                        writing: true,
                        isInterruptible: false,
                        microseconds: 1_000_000
                    )
                    if case .ended = outcome { return 0 }
                }
            }
            return state
        }
        if signal.isEnded { throw PostgresError.stopped(address) }
        guard outcome == 1 else {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
        if flush { try flushOutput() }
    }

    /// Ends a COPY into the server and gives its result; a reason makes the server give it up.
    @discardableResult
    package func endCopy(failing reason: String? = nil) throws(PostgresError) -> PostgresResult {
        let state =
            if let reason { unsafe PQputCopyEnd(handle, reason) } else {
                unsafe PQputCopyEnd(handle, nil)
            }
        guard state == 1 else {
            throw PostgresError.lost("The connection to \(address) broke: \(lastMessage)")
        }
        try flushOutput()
        return try lastResult()
    }

    /// Ends a replication stream from our side.
    package func stopReplication() {
        guard unsafe PQputCopyEnd(handle, nil) == 1 else { return }
        _ = unsafe PQflush(handle)
    }

    private func drainResults() throws(PostgresError) {
        while let result = try nextResult() { _ = try check(result) }
    }
}
