import Core
import ObjectStore
import Synchronization
import Testing
import Threads

/// A folder of one test, removed at its end.
final class ScratchFolder: Sendable {
    let path: String

    init(_ name: String = #function) throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-store-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        do { try LocalFiles.removeAll(path) } catch { Issue.record(error) }
    }
}

/// The stores that must behave alike.
enum StoreKind: String, CaseIterable {
    case memory
    case directory
    case faultless

    func open(_ folder: ScratchFolder) throws -> any ObjectStore {
        switch self {
        case .memory: MemoryStore()
        case .directory: try DirectoryStore(path: "\(folder.path)/store")
        case .faultless: FaultyStore(MemoryStore())
        }
    }
}

func failureKind(_ body: () throws -> Void) -> ObjectStoreError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ObjectStoreError)?.kind
    }
}

@Suite struct ObjectStoreTests {
    @Test(arguments: StoreKind.allCases)
    func `an object is read back as it was written and replaced as a whole`(
        kind: StoreKind
    ) throws {
        let folder = try ScratchFolder()
        let store = try kind.open(folder)
        try store.put("a/b/c", [1, 2, 3], ifAbsent: false)
        #expect(try store.get("a/b/c") == [1, 2, 3])
        try store.put("a/b/c", [4], ifAbsent: false)
        #expect(try store.get("a/b/c") == [4])
        try store.put("empty", [], ifAbsent: true)
        #expect(try store.get("empty") == [])
        #expect(failureKind { _ = try store.get("a/b/d") } == .notFound)
    }

    @Test(arguments: StoreKind.allCases)
    func `a conditional put never replaces`(kind: StoreKind) throws {
        let folder = try ScratchFolder()
        let store = try kind.open(folder)
        try store.put("chk-1/_metadata", [1], ifAbsent: true)
        let second = failureKind { try store.put("chk-1/_metadata", [2], ifAbsent: true) }
        #expect(second == .exists)
        #expect(try store.get("chk-1/_metadata") == [1])
    }

    @Test(arguments: StoreKind.allCases)
    func `a listing is sorted, has sizes and stays below its prefix`(kind: StoreKind) throws {
        let folder = try ScratchFolder()
        let store = try kind.open(folder)
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

    @Test(arguments: StoreKind.allCases)
    func `deleted objects are gone, and deleting them again is no error`(kind: StoreKind) throws {
        let folder = try ScratchFolder()
        let store = try kind.open(folder)
        try store.put("x/1", [1], ifAbsent: false)
        try store.put("x/2", [1], ifAbsent: false)
        try store.delete(["x/1", "x/absent"])
        try store.delete(["x/1"])
        #expect(try store.list("x/").map(\.key) == ["x/2"])
        try store.delete(["x/2"])
        try store.put("x/3", [3], ifAbsent: true)
        #expect(try store.get("x/3") == [3])
    }

    @Test(arguments: StoreKind.allCases)
    func `files go in and come out unchanged`(kind: StoreKind) throws {
        let folder = try ScratchFolder()
        let store = try kind.open(folder)
        let content = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try LocalFiles.write("\(folder.path)/in", content)
        try store.putFile("shared/f", fromPath: "\(folder.path)/in")
        try store.putFile("shared/f", fromPath: "\(folder.path)/in")
        try LocalFiles.remove("\(folder.path)/in")
        try store.getFile("shared/f", toPath: "\(folder.path)/out")
        #expect(try LocalFiles.read("\(folder.path)/out") == content)
        #expect(try store.get("shared/f") == content)
        let again = failureKind { try store.getFile("shared/f", toPath: "\(folder.path)/out") }
        #expect(again == .exists)
        let absent = failureKind { try store.putFile("g", fromPath: "\(folder.path)/no") }
        #expect(absent == .notFound)
    }

    @Test func `names that leave the folder or hide are refused`() throws {
        let folder = try ScratchFolder()
        let store = try DirectoryStore(path: folder.path)
        for key in ["../x", "/x", "a//b", "a/../../b", ".x", "", "a/", "a/.b"] {
            #expect(failureKind { try store.put(key, [], ifAbsent: false) } == .failed, "\(key)")
        }
    }

    @Test func `a failure names the file and the reason`() throws {
        let folder = try ScratchFolder()
        let store = try DirectoryStore(path: folder.path)
        try store.put("a", [1], ifAbsent: false)
        do {
            try store.put("a/b", [1], ifAbsent: false)
            Issue.record("a file became a folder")
        } catch {
            #expect(error.message.contains("\(folder.path)/a"))
            #expect(error.message.contains("directory"))
            #expect(!error.isRetryable)
        }
    }

    @Test func `what a crashed writer left is invisible, and removed when it is old`() throws {
        let folder = try ScratchFolder()
        try LocalFiles.makeFolders("\(folder.path)/x")
        try LocalFiles.write("\(folder.path)/x/.new-1-1", [1, 2])
        let time = SystemTime().nowMicroseconds
        let store = try DirectoryStore(path: folder.path)
        store.removeAbandoned()
        #expect(try store.list("").isEmpty)
        #expect(try LocalFiles.status("\(folder.path)/x/.new-1-1") != nil)
        let later = ManualTime(startMicroseconds: time + 2 * 3_600_000_000)
        // Only a process that starts tidies up.
        let reopened = try DirectoryStore(path: folder.path, time: later)
        #expect(try LocalFiles.status("\(folder.path)/x/.new-1-1") != nil)
        reopened.removeAbandoned()
        #expect(try LocalFiles.status("\(folder.path)/x/.new-1-1") == nil)
    }

    @Test func `a folder is opened while others delete in it`() throws {
        let folder = try ScratchFolder()
        let root = "\(folder.path)/store"
        let retention = try DirectoryStore(path: root)
        let end = End()
        let keys = (0..<20).map { "job/chk-\($0)/_metadata" }
        try withWorker {
            while !end.isReached.load(ordering: .relaxed) {
                for key in keys { try retention.put(key, [1], ifAbsent: false) }
                try retention.delete(keys)
            }
        } during: {
            defer { end.isReached.store(true, ordering: .relaxed) }
            for number in 0..<2000 {
                let store = try DirectoryStore(path: root)
                store.removeAbandoned()
                _ = try DirectoryStore(path: "\(root)/job/chk-\(number % 20)")
            }
        }
    }

    private final class End: Sendable {
        let isReached = Atomic(false)
    }

    /// Runs something on another thread while the work is done, and waits for its end.
    private func withWorker(
        _ worker: @escaping @Sendable () throws -> Void,
        during work: () throws -> Void
    ) throws {
        let thread = WorkerThread(name: "beside") {
            do { try worker() } catch { Issue.record(error) }
        }
        defer { thread.join() }
        try work()
    }

    @Test func `a faulty store fails as it is told and tells the truth otherwise`() throws {
        let store = FaultyStore(MemoryStore())
        store.failCall(2, .fail(.full))
        store.failCall(3, .tear(reported: false))
        store.failCall(4, .failAfterwards)
        try store.put("1", [1, 1], ifAbsent: false)
        #expect(failureKind { try store.put("2", [2, 2], ifAbsent: false) } == .full)
        try store.put("3", [3, 3], ifAbsent: false)
        #expect(failureKind { try store.put("4", [4, 4], ifAbsent: false) } == .failed)
        #expect(try store.list("").map(\.key) == ["1", "3", "4"])
        #expect(try store.get("3") == [3])
        store.setCapacity(bytes: 6)
        #expect(failureKind { try store.put("5", [5, 5], ifAbsent: false) } == .full)
        store.setCapacity(bytes: nil)
        try store.put("5", [5, 5], ifAbsent: false)
    }
}
