import ServerKit
import Testing

/// What the documents tell people to type works as it stands there, on a cluster where it wants one.
@Suite struct DocumentCommandTests {
    @Test func `the commands of the documents succeed`() async throws {
        let (exit, text) = try await DeployScript("deploy/check-docs.sh").run()
        #expect(exit == 0, "deploy/check-docs.sh printed:\n\(text)")
    }
}
