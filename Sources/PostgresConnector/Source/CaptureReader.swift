import Columnar
package import Connectors
package import Core

/// Reads chunks of tables, then the stream, on one source thread.
package final class CaptureReader: SourceReader {
    private let group: CaptureGroup
    private let context: SourceContext
    private let session: CaptureSession
    private var waiting: [ChunkSplit] = []
    private var chunk: ChunkReader?
    private var stream: StreamReader?
    /// Kept from one chunk to the next.
    private var kept: ChunkReader.Session?
    private var backoff = CaptureSession.backoff
    private var failures = 0

    init(_ group: CaptureGroup, _ context: SourceContext) {
        self.group = group
        self.context = context
        session = CaptureSession(
            options: group.options,
            context: context,
            signal: InterruptSignal()
        )
        context.cancellation.onCancel { [signal = session.signal] in signal.end() }
    }

    package func assign(_ split: SourceSplit) throws(ConnectorError) {
        do throws(PostgresError) {
            if split.id == StreamPosition.splitID {
                let position = try PositionText.decode(StreamPosition.self, split.position)
                stream = StreamReader(group, position, session)
                kept = nil
            } else {
                waiting.append(try PositionText.decode(ChunkSplit.self, split.position))
            }
        } catch {
            throw error.connectorError
        }
    }

    package func read(waitingMicroseconds: Int64) throws(ConnectorError) -> SourceRead {
        do throws(PostgresError) {
            if let stream { return try stream.read(waitingMicroseconds: waitingMicroseconds) }
            return try readChunk(waitingMicroseconds)
        } catch {
            throw error.connectorError
        }
    }

    private func readChunk(_ waitingMicroseconds: Int64) throws(PostgresError) -> SourceRead {
        guard let reader = chunk ?? nextChunk() else {
            session.signal.sleep(microseconds: waitingMicroseconds)
            return .idle
        }
        chunk = reader
        do throws(PostgresError) {
            switch try reader.read(waitingMicroseconds: waitingMicroseconds) {
            case .pending: return .idle
            case .rows(let batch):
                failures = 0
                return .batch(batch, output: try output(reader.split.table))
            case .finished(let result):
                kept = reader.giveSession()
                chunk = nil
                return .splitFinished(
                    id: reader.split.id,
                    result: try PositionText.encode(result)
                )
            }
        } catch {
            try recover(reader, error)
            return .idle
        }
    }

    /// Goes on with the rest of the chunk under a new snapshot, if the failure may pass.
    private func recover(_ reader: ChunkReader, _ error: PostgresError) throws(PostgresError) {
        failures += 1
        guard error.isRetryable, failures <= group.options.connectRetriesMax, reader.canSnapshot
        else { throw error }
        var generator = SystemRandomNumberGenerator()
        let pause = backoff.nextMicroseconds(using: &generator)
        session.report(
            .warning,
            """
            \(error.message) Reading on behind the last row in \
            \(DurationText.short(microseconds: pause)).
            """
        )
        chunk = nil
        kept = nil
        waiting.insert(reader.position, at: 0)
        session.signal.sleep(microseconds: pause)
    }

    private func nextChunk() -> ChunkReader? {
        guard !waiting.isEmpty else { return nil }
        let split = waiting.removeFirst()
        guard let table = group.tables.first(where: { $0.id == split.table }) else {
            // The script reads the table no more.
            return nil
        }
        defer { kept = nil }
        return ChunkReader(split, table, session, kept)
    }

    private func output(_ id: String) throws(PostgresError) -> Int {
        guard let table = group.tables.first(where: { $0.id == id }) else {
            throw PostgresError(blame: .engine, "a chunk of an unknown table '\(id)'")
        }
        return table.output
    }

    package func snapshot() throws(ConnectorError) -> SplitSnapshot {
        do throws(PostgresError) {
            if let chunk, !chunk.canSnapshot {
                return .declined(
                    """
                    table \(chunk.split.table) has no key, so that its snapshot is read in one \
                    piece
                    """
                )
            }
            var splits: [SourceSplit] = []
            for split in [chunk?.position].compactMap({ $0 }) + waiting {
                splits.append(
                    SourceSplit(id: split.id, position: try PositionText.encode(split))
                )
            }
            if let stream {
                splits.append(
                    SourceSplit(
                        id: StreamPosition.splitID,
                        position: try PositionText.encode(stream.position)
                    )
                )
            }
            return .splits(splits)
        } catch {
            throw error.connectorError
        }
    }

    package func checkpointCompleted(
        _ checkpoint: CheckpointID,
        _ splits: [SourceSplit]
    ) throws(ConnectorError) {
        guard let stream, let split = splits.first(where: { $0.id == StreamPosition.splitID })
        else { return }
        do throws(PostgresError) {
            stream.confirm(try PositionText.decode(StreamPosition.self, split.position).start)
        } catch {
            throw error.connectorError
        }
    }

    package var interruption: @Sendable () -> Void {
        let signal = session.signal
        return { signal.raise() }
    }

    package func close() {
        chunk = nil
        kept = nil
        stream?.close()
        stream = nil
    }
}
