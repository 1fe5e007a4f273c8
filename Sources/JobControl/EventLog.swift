import Columnar
import Core
import FoundationEssentials

/// Says what happens to a job: lines for people, or JSON objects for machines, one a line.
final class EventLog: Sendable {
    /// The form of the lines.
    enum Form: String, Sendable {
        case text
        case json
    }

    let form: Form
    let console: Console
    let time: any TimeSource

    init(_ form: Form, _ console: Console, time: any TimeSource) {
        self.form = form
        self.console = console
        self.time = time
    }

    /// One event: its name, a sentence for people, and facts for machines.
    func write(
        _ level: String,
        _ event: String,
        _ sentence: String,
        _ facts: [(key: String, value: EventValue)] = []
    ) {
        switch form {
        case .text: console.line("\(clock())  \(level)  \(sentence)")
        case .json:
            let all: [(key: String, value: EventValue)] =
                [
                    ("time", .text(clock())), ("level", .text(level)), ("event", .text(event)),
                    ("message", .text(sentence)),
                ] + facts
            let members = all.map { "\(EventValue.quoted($0.key)):\($0.value.json)" }
            console.line("{\(members.joined(separator: ","))}")
        }
    }

    /// As in `2026-11-21T05:41:27.123Z`.
    private func clock() -> String {
        var output = BytesBuilder(reserving: 1)
        let milliseconds = time.nowMicroseconds / 1000 * 1000
        TimeText.writeTimestamp(milliseconds, precision: 3, to: &output)
        output.endValue()
        return output.finish().string(0).replacing(" ", with: "T") + "Z"
    }
}

/// A fact of an event.
enum EventValue: Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)

    /// The value in JSON.
    var json: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let number): String(number)
        case .number(let number): number.isFinite ? String(number) : "null"
        }
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
