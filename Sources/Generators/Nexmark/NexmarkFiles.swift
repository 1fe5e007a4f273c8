import Core
import ObjectStore
import Synchronization
import Threads

/// Writes Nexmark events to files of JSON lines, with several threads.
///
/// Patterns of 50 events go to the files in turn, so that all files have the same mix, are ordered
/// by event time, and stay within milliseconds of each other when they are read side by side.
package final class NexmarkFiles: Sendable {
    private let settings: NexmarkSettings
    private let folder: String
    private let fileCount: Int
    private let words: NexmarkWords
    private let failure = Mutex<SystemFault?>(nil)
    private let isCancelled = Atomic<Bool>(false)
    private let nextFile = Atomic<Int>(0)
    /// Files that no thread has finished with.
    private let openFiles: Atomic<Int>
    private let workers = Mutex<[WorkerThread]>([])
    private let eventsWritten = Atomic<Int64>(0)
    private let bytesWritten = Atomic<Int64>(0)

    /// What is written so far.
    package var progress: (events: Int64, bytes: Int64) {
        (eventsWritten.load(ordering: .relaxed), bytesWritten.load(ordering: .relaxed))
    }

    package init(_ settings: NexmarkSettings, folder: String, files: Int) {
        precondition((1...Limits.filesMax).contains(files), "between 1 and 1,024 files")
        self.settings = settings
        self.folder = folder
        fileCount = files
        openFiles = Atomic(files)
        words = NexmarkWords(seed: settings.seed)
    }

    /// The number of files that there can be.
    package static var filesMax: Int { Limits.filesMax }

    /// The name of a file, such as `nexmark-0001.json`.
    package static func name(_ file: Int) -> String {
        let digits = String(file)
        return "nexmark-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).json"
    }

    /// The files of this generator that a folder holds.
    private func present() throws(SystemFault) -> [String] {
        try LocalFiles.names(in: folder)
            .filter { $0.hasPrefix("nexmark-") && $0.hasSuffix(".json") }
    }

    /// Makes the folder ready: no file of an earlier run may be read together with the new ones.
    package func prepare(overwriting: Bool) throws(GeneratorError) {
        let first: String?
        do throws(SystemFault) {
            try LocalFiles.makeFolders(folder)
            if overwriting {
                for name in try present() { try LocalFiles.remove("\(folder)/\(name)") }
            }
            first = try present().first
        } catch {
            throw GeneratorError(blame: .external, "\(error)")
        }
        guard let first else { return }
        throw GeneratorError(
            blame: .user,
            """
            The folder '\(folder)' already holds '\(first)' of an earlier run: give another \
            folder, or --overwrite.
            """
        )
    }

    /// Starts writing all files with a number of threads.
    package func start(threads: Int) {
        workers.withLock { list in
            list = (0..<min(threads, fileCount)).map { number in
                WorkerThread(name: "nexmark-\(number)") { [self] in work() }
            }
        }
    }

    /// Whether all files are complete, or cannot be completed.
    package var isDone: Bool { openFiles.load(ordering: .acquiring) == 0 }

    /// Makes the threads end soon, with what they have written by then.
    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Waits for the threads.
    package func finish() throws(GeneratorError) {
        for worker in workers.withLock({ $0 }) { worker.join() }
        if let fault = failure.withLock({ $0 }) {
            throw GeneratorError(blame: .external, "\(fault)")
        }
    }

    /// Writes one file after the other until none is left.
    private func work() {
        while true {
            let file = nextFile.wrappingAdd(1, ordering: .relaxed).oldValue
            guard file < fileCount else { return }
            do throws(SystemFault) {
                try write(file)
            } catch {
                failure.withLock { $0 = $0 ?? error }
                cancel()
            }
            openFiles.wrappingSubtract(1, ordering: .releasing)
        }
    }

    private func write(_ file: Int) throws(SystemFault) {
        let output = try FileDescriptor("\(folder)/\(Self.name(file))", .create)
        var lines = NexmarkLines(settings, words: words)
        var block: [UInt8] = []
        block.reserveCapacity(Limits.fileBlockBytes + 4096)
        var blockEvents: Int64 = 0
        let stride = NexmarkPosition.patternLength * Int64(fileCount)
        var pattern = NexmarkPosition.patternLength * Int64(file)
        while pattern < settings.events, !isCancelled.load(ordering: .relaxed) {
            let end = min(pattern + NexmarkPosition.patternLength, settings.events)
            for event in pattern..<end { lines.write(event: event, to: &block) }
            blockEvents += end - pattern
            pattern += stride
            if block.count >= Limits.fileBlockBytes || pattern >= settings.events {
                try output.write(block.span)
                eventsWritten.wrappingAdd(blockEvents, ordering: .relaxed)
                bytesWritten.wrappingAdd(Int64(block.count), ordering: .relaxed)
                block.removeAll(keepingCapacity: true)
                blockEvents = 0
            }
        }
    }
}
