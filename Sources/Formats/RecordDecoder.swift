package import Columnar

/// Turns bytes into the columns that a plan needs; used by one thread.
///
/// Rows collect in the decoder until `finishBatch` hands them over. A record may give no row, one,
/// or two (an update: its old and its new image).
package protocol RecordDecoder: AnyObject {
    /// Decodes newline-terminated records from the front of a block and gives them up.
    ///
    /// Stops at the row limit or when no complete record is left.
    ///
    /// - Parameters:
    ///   - block: the bytes; grows only by the caller.
    ///   - range: which of its records to decode.
    /// - Throws: what `UndecodableRecords` throws.
    /// - Returns: why it stopped.
    func decodeLines(
        of block: ByteBlock,
        _ range: LineRange
    ) throws(FormatError) -> LineProgress

    /// Decodes one message; nil is a message without a value (a tombstone).
    ///
    /// - Parameters:
    ///   - message: the whole record.
    ///   - offset: where it lies, for `UndecodableRecords`.
    /// - Throws: what `UndecodableRecords` throws.
    func decode(message: Span<UInt8>?, at offset: Int64) throws(FormatError)

    /// The rows collected so far.
    var rowCount: Int { get }
    /// How many of them the last decoded record has given: 0, 1 or 2.
    var lastRecordRows: Int { get }
    /// Where the last decoded record began.
    var lastRecordOffset: Int64 { get }

    /// Hands over the collected rows and starts anew.
    func finishBatch() -> RecordBatch

    /// Counts since the decoder was made.
    var statistics: DecoderStatistics { get }
}

/// Which records of a block are to be decoded.
package struct LineRange: Sendable {
    /// Decoding stops once this many rows are collected; an update may give one more.
    package var rowLimit: Int
    /// Records that begin behind this offset belong to someone else.
    package var lastStart: Int64
    /// Whether the block ends where the file does, so that its last record may lack a newline.
    package var isAtEnd: Bool

    package init(rowLimit: Int, lastStart: Int64 = .max, isAtEnd: Bool) {
        self.rowLimit = rowLimit
        self.lastStart = lastStart
        self.isAtEnd = isAtEnd
    }
}

/// Why decoding of a block stopped.
package enum LineProgress: Sendable, Equatable {
    /// As many rows as wanted are collected.
    case rowLimitReached
    /// No complete record is left in the block.
    case needsBytes
    /// The next record begins behind the range.
    case rangeEnded
}

/// What a decoder has seen since it was made.
package struct DecoderStatistics: Sendable, Equatable {
    /// Records looked at, the skipped ones included.
    package var records = 0
    /// Records given to `UndecodableRecords`.
    package var undecodable = 0
    /// Fields that became NULL because of `ignore-parse-errors`.
    package var ignoredFields = 0
    /// Records without a row for the table: tombstones, logical messages.
    package var withoutRow = 0
    /// TRUNCATE events, which a changelog cannot express.
    package var truncations = 0

    package init() {}
}

/// Decides about records that cannot be decoded.
package protocol UndecodableRecords: AnyObject {
    /// Whether `take` throws: a format that is told to ignore errors then takes none of it.
    var stopsJob: Bool { get }

    /// Takes the record, or throws to stop the job.
    ///
    /// - `record`: its raw bytes.
    /// - `offset`: where it begins in its file or stream.
    /// - `error`: what is wrong with it.
    func take(
        _ record: Span<UInt8>,
        at offset: Int64,
        _ error: FormatError
    ) throws(FormatError)
}

/// Stops at the first record that cannot be decoded.
package final class FailingRecords: UndecodableRecords {
    package init() {}

    package var stopsJob: Bool { true }

    package func take(
        _ record: Span<UInt8>,
        at offset: Int64,
        _ error: FormatError
    ) throws(FormatError) {
        throw error
    }
}

/// Lets undecodable records pass: the decoder counts them.
package final class IgnoringRecords: UndecodableRecords {
    package init() {}

    package var stopsJob: Bool { false }

    package func take(
        _ record: Span<UInt8>,
        at offset: Int64,
        _ error: FormatError
    ) {}
}
