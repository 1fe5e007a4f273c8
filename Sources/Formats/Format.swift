package import Columnar

/// A format by name: checks options and makes decoders and encoders.
package protocol FormatFactory: Sendable {
    /// The value of the `format` option, and the prefix of the format's own options.
    var identifier: String { get }
    /// Every option, for messages and for the generated tables of docs.
    var options: [FormatOption] { get }

    /// Checks the options of a table that is read.
    func decodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any DecodingFormat

    /// Checks the options of a table that is written.
    func encodingFormat(
        _ table: TableDefinition,
        _ options: FormatOptions
    ) throws(FormatError) -> any EncodingFormat
}

/// How the records of one table are read.
package protocol DecodingFormat: Sendable {
    /// The changes that the records describe.
    var changelogMode: ChangelogMode { get }
    /// What a record tells beside its row, with its natural type.
    var metadata: [RowField] { get }
    /// Whether every newline ends a record, so that a file can be read from any byte on.
    var isSplittable: Bool { get }

    /// A decoder of the paths that a plan needs.
    ///
    /// A path starts at a physical column, or at a metadata column whose key is one of `metadata`.
    ///
    /// - `projection`: the output columns.
    /// - `errors`: gets every record that cannot be decoded.
    func makeDecoder(
        _ projection: ScanProjection,
        errors: any UndecodableRecords
    ) throws(FormatError) -> any RecordDecoder
}

/// How the rows of one table are written.
package protocol EncodingFormat: Sendable {
    /// The kinds of rows that records can be made of.
    var changelogMode: ChangelogMode { get }

    func makeEncoder() throws(FormatError) -> any RecordEncoder
}

/// Turns rows into records.
package protocol RecordEncoder: AnyObject {
    /// Appends one value for each record of the batch.
    ///
    /// - Parameters:
    ///   - batch: rows with the columns of the table, in order.
    ///   - terminator: a byte behind each record, such as a newline; nil for messages.
    ///   - output: where each record becomes one value.
    /// - Throws: when a row has no form in this format.
    func encode(
        _ batch: RecordBatch,
        terminator: UInt8?,
        to output: inout BytesBuilder
    ) throws(FormatError)
}
