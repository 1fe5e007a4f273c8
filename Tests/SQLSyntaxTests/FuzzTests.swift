import SQLSyntax
import Testing

/// Damaged SQL gives an error in its place or a statement that survives printing, and never a
/// crash.
@Suite struct FuzzTests {
    /// The same numbers in every run (SplitMix64).
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// The statements of the oracle, whatever becomes of them.
    private static let seeds: [[UInt8]] = {
        var seeds: Set<String> = []
        for oracleCase in OracleFiles.cases {
            let texts = (try? SQLScript.split(ScriptText(oracleCase.sql))) ?? []
            for text in texts where text.description.utf8.count < 2000 {
                seeds.insert(text.description)
            }
        }
        return seeds.sorted().map { Array($0.utf8) }
    }()

    private static let pieces: [String] = [
        "(", ")", ",", ".", ";", "'", "`", "\"", "/*", "*/", "/*+", "--", "\n", " ", "[", "]", "<",
        ">",
        "=>", "||", "!=", "*", "-", "SELECT ", " FROM ", " NOT ", " IS ", " IN ", " AS ", " JOIN ",
        " UNION ", " END ", " CASE ", " BETWEEN ", " OVER ", " INTERVAL ", "VALUES ", "WITH ",
        "ROW",
        "ARRAY", "MAP[", "TABLE ", "\u{0}", "\u{7F}", "é", "😀", "U&'\\", "E'\\", "_x'", "X'", "1e",
        "?",
        "BEGIN STATEMENT SET;", "{", "#", "\u{FEFF}", "\r",
    ]

    private func mutate(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let length = min(Int.random(in: 0...12, using: &random), bytes.count - start)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(start..<(start + length))
            case 1:
                let piece = FuzzTests.pieces.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: piece.utf8, at: start)
            case 2:
                let donor = FuzzTests.seeds.randomElement(using: &random) ?? []
                let from = Int.random(in: 0...donor.count, using: &random)
                bytes.insert(contentsOf: donor[from...].prefix(30), at: start)
            case 3:
                if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &random) }
            default: bytes.removeSubrange(start...)
            }
        }
        return bytes
    }

    @Test(arguments: 0..<8)
    func `a damaged statement is an error with a place, or survives printing`(part: Int) {
        var random = Random(state: 0xA9_05 &+ UInt64(part))
        var errors = 0
        var statements = 0
        for round in 0..<2500 {
            guard let seed = FuzzTests.seeds.randomElement(using: &random) else { break }
            let bytes = mutate(seed, &random)
            do {
                let script = try SQLScript(parsing: try ScriptText(bytes: bytes, name: "fuzz.sql"))
                statements += script.statements.count
                // Printing is checked on a part, to be quick.
                guard round.isMultiple(of: 4) else { continue }
                for parsed in script.statements { expectSurvival(parsed.statement) }
            } catch {
                errors += 1
                expectPlace(of: error)
            }
        }
        #expect(errors > 500)
        #expect(statements > 50)
    }

    private func expectSurvival(_ statement: Statement) {
        do {
            let again = try SQLParser.statement(statement.sql)
            #expect(again == statement, "\(statement.sql)")
        } catch {
            Issue.record("\(error.diagnostic)")
        }
    }

    private func expectPlace(of error: SyntaxError) {
        let offsets = error.range.offsets
        #expect(offsets.lowerBound >= 0)
        #expect(offsets.upperBound <= error.statement.script.bytes.count)
        #expect(error.range.start.line >= 1 && error.range.start.column >= 1)
        #expect(error.range.start <= error.range.end)
        #expect(!error.headline.isEmpty)
        #expect(error.diagnostic.description.contains("^"))
    }

    @Test func `the start of every statement is an error with a place, or a statement`() {
        for seed in FuzzTests.seeds where seed.count < 400 {
            for length in stride(from: 0, to: seed.count, by: 3) {
                let text = String(decoding: seed[..<length], as: UTF8.self)
                do {
                    _ = try SQLScript(parsing: ScriptText(text))
                } catch {
                    expectPlace(of: error)
                }
            }
        }
    }

    /// An expression of random operators, calls and names, with parentheses here and there.
    private func expression(_ depth: Int, _ random: inout Random) -> String {
        let names = [
            "a", "`b c`", "t.x", "1", "2.5", "'s'", "NULL", "TRUE", "f()", "CURRENT_DATE", "x[1]",
        ]
        guard depth > 0 else { return names.randomElement(using: &random) ?? "a" }
        func part() -> String { expression(depth - 1, &random) }
        let left = part()
        let right = part()
        switch Int.random(in: 0..<18, using: &random) {
        case 0: return "\(left) + \(right)"
        case 1: return "\(left) - \(right)"
        case 2: return "\(left) * \(right)"
        case 3: return "\(left) || \(right)"
        case 4: return "\(left) = \(right)"
        case 5: return "\(left) AND \(right)"
        case 6: return "\(left) OR \(right)"
        case 7: return "NOT \(left)"
        case 8: return "-\(left)"
        case 9: return "\(left) IS NOT NULL"
        case 10: return "\(left) BETWEEN \(right) AND \(part())"
        case 11: return "\(left) NOT IN (\(right), \(part()))"
        case 12: return "(\(left))"
        case 13: return "CASE WHEN \(left) THEN \(right) ELSE \(part()) END"
        case 14: return "CAST(\(left) AS DECIMAL(10, 2))"
        case 15: return "\(left) LIKE \(right)"
        case 16: return "(\(left)).field[\(right)]"
        default: return "SUM(DISTINCT \(left)) FILTER (WHERE \(right)) OVER (ORDER BY \(part()))"
        }
    }

    @Test func `whatever operators are put together survives printing`() {
        var random = Random(state: 42)
        var read = 0
        for _ in 0..<4000 {
            let sql = expression(Int.random(in: 1...4, using: &random), &random)
            guard !sql.contains("--"), let tree = try? SQLParser.expression(sql) else { continue }
            read += 1
            let printed = tree.sql
            #expect((try? SQLParser.expression(printed)) == tree, "\(sql) -> \(printed)")
            #expect(!tree.messageText.isEmpty)
        }
        #expect(read > 3000)
    }
}
