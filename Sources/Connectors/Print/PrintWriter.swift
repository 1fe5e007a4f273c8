import Columnar
import Core
import Synchronization

/// Takes whole lines; false when nobody takes them any more.
package protocol LineOutput: Sendable {
    func writeLines(_ lines: Span<UInt8>) -> Bool
}

extension StandardStream: LineOutput {
    /// Held while lines are written, so that those of parallel writers do not mix.
    private static let turn = Mutex(())

    package func writeLines(_ lines: Span<UInt8>) -> Bool {
        Self.turn.withLock { _ in write(lines) }
    }
}

/// Writes the rows of one subtask of a `print` table.
///
/// Lines gather until no input is waiting, or until there are many; all of an epoch are out
/// before its barrier is answered.
final class PrintWriter: SinkWriter {
    private let prefix: String
    private let output: any LineOutput
    private let format = PrintFormat()
    private var lines = PrintWriter.emptyLines

    private static var emptyLines: BytesBuilder { BytesBuilder(reserving: 1) }

    init(prefix: String, to output: any LineOutput) {
        self.prefix = prefix
        self.output = output
    }

    func write(_ batch: RecordBatch) throws(ConnectorError) {
        for row in 0..<batch.count {
            lines.write(prefix)
            format.write(batch, row, to: &lines)
            lines.write(byte: UInt8(ascii: "\n"))
            if lines.byteCount >= ConnectorLimits.printBytesMax { try flush() }
        }
    }

    func flush() throws(ConnectorError) {
        guard lines.byteCount > 0 else { return }
        var full = Self.emptyLines
        swap(&full, &lines)
        let bytes = full.finish().bytes
        guard output.writeLines(bytes.span) else {
            throw ConnectorError(
                blame: .external,
                """
                The rows of a 'print' table cannot be written: nobody reads the standard \
                output or standard error of this process any more.
                """
            )
        }
    }

    func prepareCommit(_: CheckpointID) throws(ConnectorError) -> [Committable] {
        try flush()
        return []
    }

    func commit(_: CheckpointID, _: [Committable]) {}

    func recover(_: CheckpointID?, _: [Committable]) {}

    /// Writes what is left, as far as anybody still reads it.
    func close() {
        var full = Self.emptyLines
        swap(&full, &lines)
        if full.byteCount > 0 { _ = output.writeLines(full.finish().bytes.span) }
    }
}
