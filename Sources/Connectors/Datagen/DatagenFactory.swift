package import Columnar
import Core

/// The `datagen` connector: makes rows up, at random or counting.
package struct DatagenFactory: SourceOnlyFactory {
    package init() {}

    package var identifier: String { "datagen" }
    package var options: [OptionDescription] { Self.optionList }

    static let optionList: [OptionDescription] = [
        OptionDescription("rows-per-second", default: "10000", "Rows of all subtasks together."),
        OptionDescription(
            "number-of-rows",
            "Rows in all. Without it, and without a sequence, the source never ends."
        ),
        OptionDescription(
            "seed",
            """
            A whole number that makes every run give the same rows. The current time of row n is \
            then n / rows-per-second seconds after 2024-01-01 00:00:00.
            """
        ),
        OptionDescription("fields.#.kind", default: "random", "'random' or 'sequence'."),
        OptionDescription("fields.#.min", "The least random number; that of the type by default."),
        OptionDescription(
            "fields.#.max",
            "The largest random number; that of the type by default."
        ),
        OptionDescription(
            "fields.#.max-past",
            default: "0 s",
            "How far random timestamps may lie before the current time."
        ),
        OptionDescription(
            "fields.#.length",
            default: "100",
            "The length of text and bytes, or the entries of a collection (3 by default)."
        ),
        OptionDescription(
            "fields.#.var-len",
            default: "false",
            "Text and bytes have any length from 1 to below 'length'."
        ),
        OptionDescription("fields.#.null-rate", default: "0", "The share of NULLs, from 0 to 1."),
        OptionDescription("fields.#.start", "The first number of a sequence."),
        OptionDescription(
            "fields.#.end",
            "The last number of a sequence; the source ends with its shortest sequence."
        ),
    ]

    package func source(_ table: TableDefinition) throws(ConnectorError) -> any TableSource {
        DatagenSource(isBounded: try DatagenOptions(table).rowCount != nil)
    }

    package func makeEnumerator(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SplitEnumerator {
        DatagenEnumerator(
            rowCount: try DatagenOptions(try Self.only(requests).table).rowCount,
            parallelism: context.parallelism
        )
    }

    package func makeReader(
        _ requests: [SourceRequest],
        _ context: SourceContext
    ) throws(ConnectorError) -> any SourceReader {
        let request = try Self.only(requests)
        return DatagenReader(request, try DatagenOptions(request.table), context)
    }

    private static func only(_ requests: [SourceRequest]) throws(ConnectorError) -> SourceRequest {
        guard requests.count == 1 else {
            throw ConnectorError(
                blame: .engine,
                "A datagen source makes the rows of one table, not of \(requests.count)."
            )
        }
        return requests[0]
    }
}

/// A `datagen` table as the planner sees it.
struct DatagenSource: TableSource {
    let isBounded: Bool
    var changelogMode: ChangelogMode { .append }
    var metadata: [RowField] { [] }
    var sharingKey: String? { nil }
}

/// The named limits of the `datagen` connector.
enum DatagenLimits {
    /// Shares that the rows are dealt out in: more than readers, and divisible by most numbers.
    static let lanes: Int64 = 2520
    /// How many microseconds of rows make a batch, so that slow sources do not send single rows.
    static let batchMicroseconds: Int64 = 10_000
    /// How many microseconds of rows may be made up for after a pause.
    static let burstMicroseconds: Int64 = 1_000_000
    static let lengthMax = 1 << 24
    /// Bytes of a batch, and of a single row.
    static let batchBytesMax: Double = 16 * 1024 * 1024
    static let rowBytesMax: Double = 256 * 1024 * 1024
}
