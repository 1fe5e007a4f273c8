import ClusterMessages
import Daemons
import Testing

/// What others say stands in our log, too.
@Suite struct LogLineTests {
    private func line(_ text: String, _ form: ProgramLog.Form) -> String {
        ProgramLog.line(LogEntry(sequence: 1, microseconds: 0, level: "info", text: text), form)
    }

    @Test func `a text cannot begin another line, nor move the cursor`() {
        let clock = "1970-01-01T00:00:00.000Z"
        let hostile = "id 'x\r\n\(clock)  info  all is well\u{1B}[2K\u{2028}\u{85}é'"
        #expect(
            line(hostile, .text)
                == #"\#(clock)  info  id 'x\r\n\#(clock)  info  all is well\u{1B}[2K\u{2028}\u{0085}é'"#
        )
        let json = line(hostile, .json)
        #expect(!json.contains("\n") && json.contains(#"x\r\n"#))
    }

    @Test func `the causes of a failure stay readable`() {
        #expect(
            line("It failed.\n  caused by: no route\n  caused by: no cable", .text)
                .hasSuffix("  info  It failed.; caused by: no route; caused by: no cable")
        )
    }
}
