import Foundation
import ManagementKit
import Synchronization
import Testing

/// What every command says, held against the files in Golden.
///
/// With APUS_RECORD=1 the files are written anew, and the tests fail all the same.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    @Test(arguments: GoldenCase.all)
    func `a command says what its file has`(_ golden: GoldenCase) async throws {
        let service = ScriptedService()
        service.state.withLock { golden.change(&$0) }
        let said = try await RunningServer.run(service: service) { running async throws in
            let run = try await CommandRun.run(
                golden.arguments.map { $0.replacing("DIR", with: Self.folder.path) },
                at: running.address,
                isTerminal: golden.isTerminal,
                isInterrupted: golden.isInterrupted,
                isSlow: golden.isSlow
            )
            return run.transcript.replacing(running.address, with: "http://jobmanager:8081")
                .replacing(Self.folder.path, with: "DIR")
                .replacing("\r\u{1B}[K", with: "<live>")
        }
        let words = ["jobctl"] + golden.arguments
        let actual = "$ \(words.joined(separator: " "))\n" + said
        let file = Self.folder.appending(path: "\(golden.name).txt")
        if ProcessInfo.processInfo.environment["APUS_RECORD"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(golden.name)")
            return
        }
        #expect(actual == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test func `every file in Golden is one of a command`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let files = names.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
        #expect(Set(files) == Set(GoldenCase.all.map(\.name)))
    }
}
