package import Connectors
import Core
import Synchronization

/// Stands in for the standard output of a `print` table.
package final class CollectedLines: LineOutput {
    private let state = Mutex<(texts: [String], isClosed: Bool)>(([], false))

    package init() {}

    /// What was written, one text for each call.
    package var texts: [String] { state.withLock { $0.texts } }

    package var isClosed: Bool {
        get { state.withLock { $0.isClosed } }
        set { state.withLock { $0.isClosed = newValue } }
    }

    package func writeLines(_ lines: Span<UInt8>) -> Bool {
        let bytes = lines.indices.map { lines[$0] }
        return state.withLock { state in
            if state.isClosed { return false }
            state.texts.append(String(decoding: bytes, as: UTF8.self))
            return true
        }
    }
}

extension SinkContext {
    /// A writer's surroundings in a test.
    package static func test(
        subtask: Int = 0,
        parallelism: Int = 1,
        uid: String = "sink",
        scratchPath: String = "/dev/null"
    ) -> SinkContext {
        SinkContext(
            subtask: subtask,
            parallelism: parallelism,
            jobID: JobID(text: "00112233445566778899aabbccddeeff"),
            uid: OperatorUID(uid),
            claim: 1,
            time: SystemTime(),
            scratchPath: scratchPath,
            report: { _ in }
        )
    }
}
