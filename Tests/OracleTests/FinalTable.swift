/// The rows that are left when a changelog has been applied to an empty table.
struct FinalTable {
    /// Applies printed changes as a multiset of rows; complains of a retraction without its row.
    static func ofRetractions(_ lines: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for line in lines {
            let change = PrintedChange(line)
            counts[change.row, default: 0] += change.isAddition ? 1 : -1
        }
        return counts.flatMap { row, count in
            count < 0
                ? ["retracted \(-count) times too often: \(row)"]
                : Array(repeating: row, count: count)
        }
        .sorted(by: bytewise)
    }

    /// Applies printed changes by key, given by the key's columns; those without keys as retractions.
    static func ofUpserts(_ lines: [String], keys: [String: [Int]]) -> [String] {
        var rows: [String: String] = [:]
        var others: [String] = []
        for line in lines {
            let change = PrintedChange(line)
            guard let columns = keys[change.identifier] else {
                others.append(line)
                continue
            }
            let fields = change.fields
            let key = change.identifier + columns.map { fields[$0] }.joined(separator: "\u{1}")
            rows[key] = change.isAddition ? change.row : nil
        }
        return (rows.values + ofRetractions(others)).sorted(by: bytewise)
    }

    static func bytewise(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

/// A line of the `print` connector, taken apart: `name> -U[a, b]`.
struct PrintedChange {
    /// What stands before `> `, or nothing.
    let identifier: String
    let isAddition: Bool
    /// The line as an insert.
    let row: String
    private let content: Substring

    init(_ line: String) {
        var rest = line[...]
        if !"+-".contains(line.first ?? " "), let arrow = line.firstRange(of: "> ") {
            identifier = String(line[..<arrow.lowerBound])
            rest = line[arrow.upperBound...]
        } else {
            identifier = ""
        }
        isAddition = rest.first == "+"
        content = rest.dropFirst(3).dropLast()
        row = (identifier.isEmpty ? "" : "\(identifier)> ") + "+I[\(content)]"
    }

    /// The fields outside of brackets; texts with commas are not told apart.
    var fields: [String] {
        var fields = [""]
        var depth = 0
        for character in content {
            if character == ",", depth == 0 {
                fields.append("")
                continue
            }
            if "[{".contains(character) { depth += 1 }
            if "]}".contains(character) { depth -= 1 }
            fields[fields.count - 1].append(character)
        }
        return fields.map { $0.trimmingPrefix(" ").description }
    }
}
