import Core

/// A measured value beside what DESIGN §12 asks for.
package struct Figure {
    package enum Budget {
        case atLeast(Double)
        case atMost(Double)
    }

    let value: Double
    let unit: String
    let budget: Budget?

    package init(_ value: Double, _ unit: String, _ budget: Budget? = nil) {
        self.value = value
        self.unit = unit
        self.budget = budget
    }

    /// Whether the budget is met; nil where there is none.
    var isMet: Bool? {
        switch budget {
        case .atLeast(let bound): value >= bound
        case .atMost(let bound): value <= bound
        case nil: nil
        }
    }

    var budgetText: String {
        switch budget {
        case .atLeast(let bound): "≥ \(Self.text(bound))"
        case .atMost(let bound): "≤ \(Self.text(bound))"
        case nil: ""
        }
    }

    /// Three digits, or all before the point.
    package static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let rounded = Int((value * Double(scale)).rounded())
        let fraction = String(rounded % scale)
        guard digits > 0, rounded % scale != 0 else { return String(rounded / scale) }
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(rounded / scale).\(zeros)\(fraction)"
    }
}

/// The table that a benchmark prints.
package enum Report {
    /// Prints what is measured, how busy the machine is, and the heads of the columns.
    package static func begin(_ title: String) {
        write("\(title); load average \(ProcessStatus.load)")
        row("", "figure", "", "budget", "", "")
    }

    /// Prints one figure.
    package static func line(_ name: String, _ figure: Figure, _ note: String = "") {
        let verdict = figure.isMet.map { $0 ? "met" : "MISSED" } ?? ""
        row(name, Figure.text(figure.value), figure.unit, figure.budgetText, verdict, note)
    }

    /// Prints the middle one of several runs, with the range of all.
    package static func line(
        _ name: String,
        medianOf values: [Double],
        _ unit: String,
        _ budget: Figure.Budget? = nil,
        _ note: String = ""
    ) {
        let sorted = values.sorted()
        guard let lowest = sorted.first, let highest = sorted.last else { return }
        let range = "\(Figure.text(lowest)) to \(Figure.text(highest))"
        line(
            name,
            Figure(sorted[sorted.count / 2], unit, budget),
            note.isEmpty ? range : "\(range), \(note)"
        )
    }

    /// Prints a line that is no figure.
    package static func note(_ text: String) { write("  \(text)") }

    private static func row(
        _ name: String,
        _ value: String,
        _ unit: String,
        _ budget: String,
        _ verdict: String,
        _ note: String
    ) {
        let cells =
            padded(name, 46) + padded(value, 9, left: true) + " " + padded(unit, 10)
            + padded(budget, 9) + padded(verdict, 7) + note
        let end = cells.lastIndex { $0 != " " }.map(cells.index(after:)) ?? cells.startIndex
        write(String(cells[..<end]))
    }

    private static func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return left ? spaces + text : text + spaces
    }

    private static func write(_ line: String) { StandardStream.output.write(line + "\n") }
}
