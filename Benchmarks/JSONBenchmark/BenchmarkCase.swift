import Columnar
import Formats

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Decoding of one kind of record, measured as thread CPU time, best of nine.
struct BenchmarkCase {
    let name: String
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
        var best = Double.infinity
        var rows = 0
        for _ in 0..<repetitions {
            block.reset()
            block.append(bytes.span)
            let start = Self.threadSeconds()
            rows = 0
            var progress = LineProgress.rowLimitReached
            while progress == .rowLimitReached {
                let range = LineRange(rowLimit: Self.batchRows, isAtEnd: true)
                progress = try decoder.decodeLines(of: block, range)
                rows += decoder.rowCount
                blackHole(decoder.finishBatch())
            }
            best = min(best, Self.threadSeconds() - start)
        }
        let perRecord = best / Double(records.count) * 1e9
        let speed = Double(bytes.count) / best / 1e6
        let size = bytes.count / records.count
        print(
            """
            \(name.padded(26)) \(size.description.padded(5, left: true)) B/record \
            \(Int(perRecord).description.padded(6, left: true)) ns/record \
            \(Int(speed).description.padded(6, left: true)) MB/s  \(rows) rows
            """
        )
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Keeps a result from being optimised away.
@inline(never)
private func blackHole(_ batch: RecordBatch) {
    if batch.count < 0 { print("never") }
}

extension String {
    fileprivate func padded(_ width: Int, left: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - count))
        return left ? spaces + self : self + spaces
    }
}
