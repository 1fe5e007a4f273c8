package import Columnar

/// The table that a changelog describes: applied change by change, with every contradiction noted.
package struct TableImage {
    /// Columns of the key; empty: whole rows are counted.
    private let key: [Int]
    private var byKey: [String: String] = [:]
    private var counted: [String: Int] = [:]
    package private(set) var contradictions: [String] = []

    package init(key: [Int] = []) {
        self.key = key
    }

    private static func text(_ batch: RecordBatch, _ row: Int, _ columns: [Int]) -> String {
        let format = PrintFormat()
        var output = BytesBuilder(reserving: 1)
        for column in columns {
            format.write(batch.columns[column], row, to: &output)
            output.write(byte: UInt8(ascii: "|"))
        }
        output.endValue()
        return output.finish().string(0)
    }

    /// Applies every row; an upsert changelog may repeat nothing but updates.
    package mutating func apply(_ batch: RecordBatch) {
        let all = Array(batch.columns.indices)
        for row in 0..<batch.count {
            let text = Self.text(batch, row, all)
            if key.isEmpty {
                applyCounted(batch.kinds[row], text)
            } else {
                applyKeyed(batch.kinds[row], Self.text(batch, row, key), text)
            }
        }
    }

    private mutating func applyCounted(_ kind: RowKind, _ text: String) {
        if kind.isRetraction {
            let count = counted[text, default: 0]
            if count < 1 {
                contradictions.append("\(kind.symbol) of a row that is not there: \(text)")
            }
            counted[text] = count == 1 ? nil : count - 1
        } else {
            counted[text, default: 0] += 1
        }
    }

    private mutating func applyKeyed(_ kind: RowKind, _ key: String, _ text: String) {
        switch kind {
        case .insert:
            if byKey[key] != nil { contradictions.append("+I of a key that is there: \(text)") }
            byKey[key] = text
        case .updateAfter:
            if byKey[key] == nil { contradictions.append("+U of a key that is not there: \(text)") }
            byKey[key] = text
        case .updateBefore:
            if byKey[key] != text { contradictions.append("-U of another row: \(text)") }
        case .delete:
            if byKey[key] == nil { contradictions.append("-D of a key that is not there: \(text)") }
            byKey[key] = nil
        }
    }

    /// The rows, sorted, each field followed by a bar.
    package var rows: [String] {
        key.isEmpty
            ? counted.flatMap { Array(repeating: $0.key, count: max(0, $0.value)) }.sorted()
            : byKey.values.sorted()
    }
}
