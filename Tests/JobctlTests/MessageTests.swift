import Foundation
import Testing

/// Every way in which a script can be wrong, and what is said about it.
@Suite struct MessageTests {
    private static let isRecording =
        ProcessInfo.processInfo.environment["APUS_RECORD"] != nil

    @Test(arguments: try MessageCase.all())
    func `bad input is explained`(_ test: MessageCase) throws {
        let folder = try TestFolder()
        let sql = test.sql.replacing("FOLDER", with: folder.path)
        try folder.write("job.sql", sql)
        for file in test.files { try folder.write(file.name, file.text) }
        let arguments = test.options.map { $0.replacing("FOLDER", with: folder.path) }
        let result = try Jobctl.run(["run", "\(folder.path)/job.sql"] + arguments)
        let message = Self.withoutFigures(result.text).replacing(folder.path, with: "FOLDER")
        if Self.isRecording {
            try test.record(exit: result.exit, message: message)
            return
        }
        #expect(result.exit == test.exit)
        #expect(message == test.message)
    }

    /// Log lines start with the time, and some end with how long it took.
    private static func withoutFigures(_ text: String) -> String {
        text.replacing(#/(?m)^\d{4}-\d\d-\d\dT[0-9:.]+Z  /#, with: "")
            .replacing(#/(?m), [0-9.]+ m?s\.$/#, with: ", TIME.")
            // It is a matter of chance whether that is said before a row fails.
            .replacing("info  The job is running.\n", with: "")
    }

    @Test func `there are cases`() throws {
        #expect(try MessageCase.all().count > 30)
    }
}
