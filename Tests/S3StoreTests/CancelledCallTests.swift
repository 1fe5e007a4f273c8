import Core
import ObjectStore
import S3Store
import Testing
import Threads

/// Calls that nobody waits for any more.
@Suite struct CancelledCallTests {
    /// Long enough for a busy machine, and shorter than every time-out of a call.
    private let patienceMicroseconds: Int64 = 30_000_000

    /// One call on a thread of its own, and whether it has ended.
    private struct Call {
        let ended = ThreadSignal()

        init(_ body: @escaping @Sendable () throws -> Void) {
            _ = WorkerThread(name: "caller") { [ended] in
                let error = failure { try body() }
                #expect(error?.message == ObjectStoreError.cancelled.message)
                ended.raise()
            }
        }
    }

    private func opener(
        _ server: ScriptedServer,
        pausing: ThreadSignal = ThreadSignal(),
        _ change: (inout S3Options) -> Void = { _ in }
    ) -> StoreOpener {
        var options = S3Options.changed(change)
        options.endpoint = server.endpoint
        return StoreOpener(options: options) { microseconds, cancellation in
            pausing.raise()
            cancellation.pause(forMicroseconds: microseconds)
        }
    }

    private func wait(until isThere: () -> Bool) throws {
        for _ in 0..<10_000 {
            if isThere() { return }
            ThreadSignal().wait(forMicroseconds: 1000)
        }
        Issue.record("nothing came")
    }

    @Test func `an upload into silence ends when it is cancelled`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/in"
        try makeFile(path, bytes: 4 << 20)
        let server = try ScriptedServer { _, _ in .hang }
        defer { server.stop() }
        let opener = opener(server)
        defer { opener.close() }
        let cancellation = Cancellation()
        let store = try opener.open("s3://bucket/base").cancelled(by: cancellation)
        let call = Call { try store.putFile("x", fromPath: path) }
        try wait { !server.requests.isEmpty }
        cancellation.cancel()
        #expect(call.ended.wait(forMicroseconds: patienceMicroseconds))
        let later = failure { try store.get("x") }
        #expect(later?.message == ObjectStoreError.cancelled.message)
        #expect(server.requests.count == 1)
    }

    @Test func `a pause between attempts ends when it is cancelled`() throws {
        let pausing = ThreadSignal()
        let server = try ScriptedServer { _, _ in .answer(503, ["Retry-After": "3600"]) }
        defer { server.stop() }
        let opener = opener(server, pausing: pausing) { options in
            options.pauseMaximumMicroseconds = 3_600_000_000
        }
        defer { opener.close() }
        let cancellation = Cancellation()
        let store = try opener.open("s3://bucket/base").cancelled(by: cancellation)
        let call = Call { _ = try store.list("") }
        #expect(pausing.wait(forMicroseconds: patienceMicroseconds))
        cancellation.cancel()
        #expect(call.ended.wait(forMicroseconds: patienceMicroseconds))
        #expect(server.requests.count == 1)
    }

    @Test func `a call that waits for its turn ends when it is cancelled`() throws {
        let server = try ScriptedServer { _, _ in .hang }
        defer { server.stop() }
        let opener = opener(server) { $0.connectionsMax = 1 }
        defer { opener.close() }
        let first = Cancellation()
        let second = Cancellation()
        let location = "s3://bucket/base"
        let inFront = try opener.open(location).cancelled(by: first)
        let behind = try opener.open(location).cancelled(by: second)
        let holder = Call { _ = try inFront.get("x") }
        try wait { !server.requests.isEmpty }
        let call = Call { _ = try behind.get("y") }
        // It waits by now; if it does not, it is refused all the same.
        ThreadSignal().wait(forMicroseconds: 100_000)
        second.cancel()
        #expect(call.ended.wait(forMicroseconds: patienceMicroseconds))
        first.cancel()
        #expect(holder.ended.wait(forMicroseconds: patienceMicroseconds))
        #expect(server.requests.map(\.path) == ["/bucket/base/x"])
    }

    @Test func `parts of a cancelled upload are dropped`() throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/in"
        try makeFile(path, bytes: 12 << 20)
        let server = try ScriptedServer { _, request in
            switch request.method {
            case "POST":
                .xml(
                    "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                        + "</InitiateMultipartUploadResult>"
                )
            case "DELETE": .answer(204)
            default: .hang
            }
        }
        defer { server.stop() }
        let opener = opener(server) { $0.partBytes = 5 << 20 }
        defer { opener.close() }
        let cancellation = Cancellation()
        let store = try opener.open("s3://bucket/base").cancelled(by: cancellation)
        let call = Call { try store.putFile("x", fromPath: path) }
        try wait { server.requests.count { $0.method == "PUT" } == 3 }
        cancellation.cancel()
        #expect(call.ended.wait(forMicroseconds: patienceMicroseconds))
        let last = server.requests.last
        #expect(last?.method == "DELETE")
        #expect(last?.path == "/bucket/base/x?uploadId=u")
    }
}
