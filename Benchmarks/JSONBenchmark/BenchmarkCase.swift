import BenchmarkKit
import Columnar
import Formats

/// Decoding of one kind of record, measured as thread CPU time.
struct BenchmarkCase {
    let name: String
    let megabytesPerSecondMin: Double
    let format: any FormatFactory
    var options: [String: String] = [:]
    let columns: [TableColumn]
    let paths: [[Int]]
    let records: () -> [String]

    private static let batchRows = 4096

    /// Measures and prints one line.
    func run(repetitions: Int) throws {
        let records = records()
        let text = records.joined(separator: "\n") + "\n"
        let bytes = Array(text.utf8)
        let table = TableDefinition(path: "benchmark", columns: columns, options: [:])
        let formatOptions = FormatOptions(prefix: "", table: "benchmark", options)
        let decoding = try format.decodingFormat(table, formatOptions)
        let decoder = try decoding.makeDecoder(
            ScanProjection(paths: paths),
            errors: FailingRecords()
        )
        let block = ByteBlock(capacity: bytes.count)
        var speeds: [Double] = []
        for _ in 0..<repetitions {
            block.reset()
            block.append(bytes.span)
            let meter = Meter()
            var progress = LineProgress.rowLimitReached
            while progress == .rowLimitReached {
                let range = LineRange(rowLimit: Self.batchRows, isAtEnd: true)
                progress = try decoder.decodeLines(of: block, range)
                blackHole(decoder.finishBatch())
            }
            speeds.append(Double(bytes.count) / meter.thread / 1e6)
        }
        let middle = speeds.sorted()[speeds.count / 2]
        let size = bytes.count / records.count
        Report.line(
            name,
            medianOf: speeds,
            "MB/s",
            .atLeast(megabytesPerSecondMin),
            "\(Figure.text(Double(size) * 1000 / middle)) ns a record of \(size) B"
        )
    }
}

/// Keeps a result from being optimised away.
@inline(never)
private func blackHole(_ batch: RecordBatch) {
    precondition(batch.count >= 0, "a batch has no negative number of rows")
}
