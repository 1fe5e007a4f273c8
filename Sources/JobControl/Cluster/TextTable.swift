/// Rows under headings, in columns as wide as they need to be.
struct TextTable {
    private let headings: [String]
    /// The columns whose texts end at the same place: numbers.
    private let rightAligned: Set<Int>
    private var rows: [[String]] = []

    init(_ headings: [String], rightAligned: Set<Int> = []) {
        self.headings = headings
        self.rightAligned = rightAligned
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ row: [String]) {
        precondition(row.count == headings.count, "a row has a text for each heading")
        rows.append(row)
    }

    /// The lines, the headings first, without a newline at the end.
    var text: String {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return rightAligned.contains(column) ? space + row[column] : row[column] + space
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
