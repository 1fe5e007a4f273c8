import BenchmarkKit
import Core
import Glibc
import ObjectStore
import TestKit
import Threads

/// A job under `jobctl run`, in a process of its own.
struct JobProcess {
    private let child: ChildProcess
    private let log: String

    /// Starts the `jobctl` that was built beside this program.
    init(script: String, folder: String) throws {
        let ours = try PostgresServer.run("readlink", ["/proc/\(LocalFiles.processNumber)/exe"])
        let jobctl = LocalFiles.parent(of: ours) + "/jobctl"
        guard try LocalFiles.status(jobctl) != nil else {
            throw BenchmarkFailure("There is no \(jobctl): run 'make build'.")
        }
        log = "\(folder)/job.log"
        try LocalFiles.write("\(folder)/job.sql", Array(script.utf8))
        child = try ChildProcess.start([
            "sh", "-c", "exec \"$0\" run \"$1/job.sql\" --state-dir \"$1/state\" >\"$2\" 2>&1",
            jobctl, folder, log,
        ])
    }

    var cpuSeconds: Double { ProcessStatus.cpuSeconds(of: child.id) }
    var peakMegabytes: Int { ProcessStatus.residentMegabytes(of: child.id).peak }

    /// Asks again and again; an error with the job's last words when it takes too long.
    func waitUntil(within seconds: Int64, _ condition: () throws -> Bool) throws {
        let time = SystemTime()
        let deadline = time.monotonicMicroseconds + seconds * 1_000_000
        while try !condition() {
            guard time.monotonicMicroseconds < deadline else {
                let words = String(decoding: try LocalFiles.read(log).suffix(2000), as: UTF8.self)
                throw BenchmarkFailure("The job does not get on: \(words)")
            }
            ThreadSignal().wait(forMicroseconds: 50_000)
        }
    }

    /// Stops it as Ctrl-C does.
    func stop() {
        kill(child.id, SIGTERM)
        child.wait()
    }
}
