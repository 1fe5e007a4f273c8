package import ArgumentParser
import RESTClient
import Threads

/// A command that talks to a job manager.
package protocol ClusterCommand: ParsableCommand {
    var cluster: ClusterArguments { get }

    /// Does the work.
    func run(in session: ClusterSession) throws
}

extension ClusterCommand {
    package mutating func run() throws {
        // How many files may be open does not matter to a client.
        _ = ProcessSetup.begin()
        let session = try ClusterSession(cluster)
        defer { session.close() }
        try perform(in: session)
    }

    /// Does the work; what the job manager refuses becomes the command's failure.
    package func perform(in session: ClusterSession) throws {
        do {
            try run(in: session)
        } catch let error as ClientError {
            session.console.endLive()
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// A request that came to nothing.
    init(_ error: ClientError) {
        var message = error.message
        if error.kind == .refused(500) { message += "\nThe log may say more: 'jobctl logs'." }
        self.init(error.kind == .interrupted ? .stopped : .cluster, message)
    }
}
