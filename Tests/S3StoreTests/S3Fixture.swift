import Core
import Glibc
import ObjectStore
import S3Store
import Synchronization
import Testing

/// A folder of one test, removed at its end.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-s3-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        do { try LocalFiles.removeAll(path) } catch { Issue.record(error) }
    }
}

/// The error of a call that must fail.
func failure<Result>(
    of body: () throws -> Result,
    _ location: SourceLocation = #_sourceLocation
) -> ObjectStoreError? {
    do {
        _ = try body()
        Issue.record("the call worked", sourceLocation: location)
        return nil
    } catch {
        if let error = error as? ObjectStoreError { return error }
        Issue.record(error, sourceLocation: location)
        return nil
    }
}

extension S3Options {
    /// The options of scripted stores, with some changed.
    static func changed(_ change: (inout S3Options) -> Void = { _ in }) -> S3Options {
        var options = S3Options()
        options.accessKey = "AKIAIOSFODNN7EXAMPLE"
        options.secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        options.attemptsMax = 4
        change(&options)
        return options
    }
}

/// A store at a scripted server; pauses are counted instead of made.
final class ScriptedStore: Sendable {
    let server: ScriptedServer
    let opener: StoreOpener
    private let pauseTimes = Pauses()

    private final class Pauses: Sendable {
        let microseconds = Mutex<[Int64]>([])
    }

    /// The pauses between attempts, in microseconds.
    var pauses: [Int64] { pauseTimes.microseconds.withLock { $0 } }

    init(
        time: any TimeSource = SystemTime(),
        _ changed: S3Options = .changed(),
        _ script: @escaping ScriptedServer.Script
    ) throws {
        server = try ScriptedServer(script)
        var options = changed
        options.endpoint = options.endpoint ?? server.endpoint
        opener = StoreOpener(options: options, time: time) { [pauseTimes] microseconds, _ in
            pauseTimes.microseconds.withLock { $0.append(microseconds) }
        }
    }

    convenience init(_ replies: Reply...) throws {
        try self.init { number, _ in replies[min(number, replies.count) - 1] }
    }

    func store(_ location: String = "s3://bucket/base") throws -> any ObjectStore {
        try opener.open(location)
    }

    deinit {
        opener.close()
        server.stop()
    }
}

/// A file of a pattern that repeats nowhere near.
func makeFile(_ path: String, bytes: Int) throws {
    let file = try FileDescriptor(path, .create)
    var block = [UInt8](repeating: 0, count: 1 << 16)
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var written = 0
    while written < bytes {
        for index in block.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            block[index] = UInt8(truncatingIfNeeded: state >> 33)
        }
        let count = min(block.count, bytes - written)
        try file.write(block.span.extracting(0..<count))
        written += count
    }
}

/// A variable of the environment, or nil.
func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
