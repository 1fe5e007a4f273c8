import JobControl
import ObjectStore
import S3Store
import ServerKit
import Synchronization
import Testing
import Threads

/// The server that these tests run against: moto, or what `make test-s3-strict` names.
enum LiveServer {
    struct Address: Sendable {
        let endpoint: String
        let accessKey: String
        let secretKey: String
        let bucket: String
    }

    /// Keys that moto's own routing does not find.
    static let keysOfRealServers = environment("APUS_S3_ENDPOINT") == nil ? [] : ["new\nline"]

    /// Started once; it ends with the process.
    private static let moto = Result { try MotoServer(buckets: ["apus-test"]) }

    static func address() throws -> Address {
        if let endpoint = environment("APUS_S3_ENDPOINT") {
            return Address(
                endpoint: endpoint,
                accessKey: environment("APUS_S3_ACCESS_KEY") ?? "",
                secretKey: environment("APUS_S3_SECRET_KEY") ?? "",
                bucket: environment("APUS_S3_BUCKET") ?? ""
            )
        }
        let server = try moto.get()
        return Address(
            endpoint: server.endpoint,
            accessKey: server.accessKey,
            secretKey: server.secretKey,
            bucket: "apus-test"
        )
    }

    /// Moto under a name below which its buckets have names of their own.
    static func virtualHosts() throws -> S3Options {
        let server = try moto.get()
        var options = S3Options()
        options.endpoint = "http://s3.test:\(server.port)"
        options.accessKey = server.accessKey
        options.secretKey = Secret(server.secretKey)
        options.hostAddresses = ["apus-test.s3.test": "127.0.0.1"]
        return options
    }
}

/// A folder of its own in the bucket.
final class LiveStore: Sendable {
    let opener: StoreOpener
    let store: any ObjectStore
    let location: String

    init(_ change: (inout S3Options) -> Void = { _ in }) throws {
        let server = try LiveServer.address()
        var options = S3Options()
        options.endpoint = server.endpoint
        options.accessKey = server.accessKey
        options.secretKey = Secret(server.secretKey)
        change(&options)
        let number = UInt64.random(in: .min ... .max)
        location = "s3://\(server.bucket)/test-\(String(number, radix: 36))/näme +%"
        opener = StoreOpener(options: options)
        store = try opener.open(location)
    }

    deinit {
        opener.close()
    }
}

/// What a store promises, against a real server that checks signatures.
@Suite struct LiveStoreTests {
    @Test func `an object is read back as it was written and replaced as a whole`() throws {
        let live = try LiveStore()
        let store = live.store
        try store.put("a/b/c", [1, 2, 3], ifAbsent: false)
        #expect(try store.get("a/b/c") == [1, 2, 3])
        try store.put("a/b/c", [4], ifAbsent: false)
        #expect(try store.get("a/b/c") == [4])
        try store.put("empty", [], ifAbsent: true)
        #expect(try store.get("empty") == [])
        let error = failure { try store.get("a/b/d") }
        #expect(error?.kind == .notFound)
        #expect(error?.message.contains("a/b/d") == true)
        let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
        try store.put("large", large, ifAbsent: false)
        #expect(try store.get("large") == large)
    }

    @Test func `a conditional put never replaces`() throws {
        let live = try LiveStore()
        try live.store.put("chk-1/_metadata", [1], ifAbsent: true)
        let error = failure { try live.store.put("chk-1/_metadata", [2], ifAbsent: true) }
        #expect(error?.kind == .exists)
        #expect(try live.store.get("chk-1/_metadata") == [1])
    }

    @Test func `of eight threads that put one key exactly one wins`() throws {
        let live = try LiveStore()
        try live.store.put("proof", [], ifAbsent: true)
        for round in 0..<5 {
            let shared = Outcomes()
            let threads = (0..<8).map { number in
                WorkerThread(name: "put-\(number)") {
                    do throws(ObjectStoreError) {
                        try live.store.put("race-\(round)", [UInt8(number)], ifAbsent: true)
                        shared.winners.withLock { $0.append(UInt8(number)) }
                    } catch {
                        if error.kind != .exists { Issue.record(error) }
                    }
                }
            }
            for thread in threads { thread.join() }
            let winners = shared.winners.withLock { $0 }
            #expect(winners.count == 1)
            #expect(try live.store.get("race-\(round)") == winners)
        }
    }

    private final class Outcomes: Sendable {
        let winners = Mutex<[UInt8]>([])
    }

    @Test func `a listing is sorted, has sizes and stays below its prefix`() throws {
        let live = try LiveStore()
        let store = live.store
        try store.put("job/shared/2", [1, 2], ifAbsent: false)
        try store.put("job/shared/10", [1], ifAbsent: false)
        try store.put("job/chk-1/0", [1, 2, 3], ifAbsent: false)
        try store.put("job2/x", [9], ifAbsent: false)
        #expect(
            try store.list("job/") == [
                ObjectInfo(key: "job/chk-1/0", bytes: 3),
                ObjectInfo(key: "job/shared/10", bytes: 1),
                ObjectInfo(key: "job/shared/2", bytes: 2),
            ]
        )
        #expect(try store.list("").count == 4)
        #expect(try store.list("nothing/here/").isEmpty)
    }

    @Test func `odd keys come back as they went in`() throws {
        let live = try LiveStore()
        let keys =
            [
                "a b", "a+b", "a%20b", "ü/ß/日本", "~tilde", "q?x=1&y=2", "#hash", "semi;colon",
                "<xml>&amp;", "quote'\"", "star*(x)!", "back\\slash", "at@sign:", "$1,2=[3]{4}|^`",
                ".hidden/.x", "a/b.c/-_", "tab\tx", "🙂", "trailing ", " leading",
            ] + LiveServer.keysOfRealServers
        for (number, key) in keys.enumerated() {
            try live.store.put("odd/\(key)", [UInt8(number)], ifAbsent: false)
        }
        for (number, key) in keys.enumerated() {
            #expect(try live.store.get("odd/\(key)") == [UInt8(number)], "\(key)")
        }
        #expect(try live.store.list("odd/").map(\.key) == keys.map { "odd/\($0)" }.sorted())
        try live.store.delete(keys.map { "odd/\($0)" })
        #expect(try live.store.list("odd/").isEmpty)
    }

    @Test func `deleted objects are gone, and deleting them again is no error`() throws {
        let live = try LiveStore()
        let store = live.store
        try store.put("x/1", [1], ifAbsent: false)
        try store.put("x/2", [1], ifAbsent: false)
        try store.delete(["x/1", "x/absent"])
        try store.delete(["x/1"])
        try store.delete([])
        #expect(try store.list("x/").map(\.key) == ["x/2"])
        try store.delete(["x/2"])
        try store.put("x/3", [3], ifAbsent: true)
        #expect(try store.get("x/3") == [3])
    }

    @Test func `more than a thousand objects are listed and deleted`() throws {
        let live = try LiveStore()
        let keys = (0..<1203).map { "many/\($0)" }
        let shared = Counter()
        let threads = (0..<4).map { number in
            WorkerThread(name: "many-\(number)") {
                while true {
                    let index = shared.next.add(1, ordering: .relaxed).oldValue
                    if index >= keys.count { return }
                    do {
                        try live.store.put(keys[index], [1], ifAbsent: false)
                    } catch {
                        Issue.record(error)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(try live.store.list("many/").map(\.key) == keys.sorted())
        try live.store.delete(keys)
        #expect(try live.store.list("many/").isEmpty)
    }

    private final class Counter: Sendable {
        let next = Atomic(0)
    }

    @Test(arguments: [0, 1, 700_000, 5 << 20, 17 << 20])
    func `files go in and come out unchanged, in parts when they are large`(bytes: Int) throws {
        let live = try LiveStore { $0.partBytes = 5 << 20 }
        let folder = try ScratchFolder()
        try makeFile("\(folder.path)/in", bytes: bytes)
        try live.store.putFile("shared/f", fromPath: "\(folder.path)/in")
        try live.store.putFile("shared/f", fromPath: "\(folder.path)/in")
        #expect(try live.store.list("shared/").map(\.bytes) == [Int64(bytes)])
        try live.store.getFile("shared/f", toPath: "\(folder.path)/out")
        let content = try LocalFiles.read("\(folder.path)/in")
        #expect(try LocalFiles.read("\(folder.path)/out") == content)
        #expect(try live.store.get("shared/f") == content)
        let again = failure { try live.store.getFile("shared/f", toPath: "\(folder.path)/out") }
        #expect(again?.kind == .exists)
        let absent = failure { try live.store.putFile("g", fromPath: "\(folder.path)/no") }
        #expect(absent?.kind == .notFound)
        let missing = failure { try live.store.getFile("no", toPath: "\(folder.path)/no") }
        #expect(missing?.kind == .notFound)
        #expect(try LocalFiles.names(in: folder.path) == ["in", "out"])
    }

    @Test func `a bucket that is part of the host's name is used as one in the path`() throws {
        let folder = try ScratchFolder()
        let opener = StoreOpener(options: try LiveServer.virtualHosts())
        defer { opener.close() }
        let store = try opener.open("s3://apus-test/virtual/näme +%")
        try store.put("a", [1, 2], ifAbsent: true)
        #expect(failure { try store.put("a", [3], ifAbsent: true) }?.kind == .exists)
        try makeFile("\(folder.path)/in", bytes: 17 << 20)
        try store.putFile("b/large", fromPath: "\(folder.path)/in")
        try store.getFile("b/large", toPath: "\(folder.path)/out")
        let content = try LocalFiles.read("\(folder.path)/in")
        #expect(try LocalFiles.read("\(folder.path)/out") == content)
        #expect(try store.list("").map(\.key) == ["a", "b/large"])
        try store.delete(["a", "b/large"])
        #expect(try store.list("").isEmpty)
        #expect(failure { try store.get("a") }?.kind == .notFound)
    }

    @Test(arguments: ["s3", "s3a", "S3"])
    func `jobctl opens savepoints under both schemes`(scheme: String) throws {
        let live = try LiveStore()
        try live.store.put("savepoint-1/_metadata", [1, 2], ifAbsent: false)
        let server = try LiveServer.address()
        let path = "\(scheme)\(live.location.dropFirst(2))/savepoint-1"
        let found = try SavepointLocation.open(
            path,
            environment: [
                "AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": server.accessKey,
                "AWS_SECRET_ACCESS_KEY": server.secretKey,
            ]
        )
        // The connections outlive whoever opened them.
        #expect(try found.store.get(found.key) == [1, 2])
    }

    @Test func `a store that refuses CRC-32 can do without`() throws {
        let live = try LiveStore { $0.usesCRC32 = false }
        try live.store.put("x", [1, 2], ifAbsent: true)
        #expect(try live.store.get("x") == [1, 2])
    }

    @Test func `a wrong secret key and an unknown access key are refused`() throws {
        let wrong = try LiveStore { $0.secretKey = "wrong" }
        let error = failure { try wrong.store.put("x", [1], ifAbsent: false) }
        #expect(error?.message.contains("does not fit the access key") == true)
        #expect(error?.isRetryable == false)
        let unknown = try LiveStore { $0.accessKey = "AKIANOBODY" }
        let other = failure { try unknown.store.get("x") }
        #expect(other?.message.contains("does not know the access key") == true)
    }

    @Test func `a bucket that does not exist is named`() throws {
        let live = try LiveStore()
        let store = try live.opener.open("s3://apus-absent/x")
        let error = failure { try store.get("x") }
        #expect(error?.kind == .failed)
        #expect(error?.message.contains("there is no bucket 'apus-absent'") == true)
        #expect(failure { try store.list("") }?.message.contains("no bucket") == true)
    }
}
