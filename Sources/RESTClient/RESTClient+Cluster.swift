import FoundationEssentials
package import ManagementAPI

// The cluster.
extension RESTClient {
    package func overview() throws(ClientError) -> ClusterOverview {
        try ask(ClusterOverview.self, Call("/overview"))
    }

    package func configuration() throws(ClientError) -> ClusterConfiguration {
        try ask(ClusterConfiguration.self, Call("/config"))
    }

    package func taskManagers() throws(ClientError) -> TaskManagerList {
        try ask(TaskManagerList.self, Call("/taskmanagers"))
    }

    package func taskManager(_ id: String) throws(ClientError) -> TaskManagerInfo {
        try ask(TaskManagerInfo.self, Call("/taskmanagers/\(PathText.encode(id))"))
    }

    /// Lines of a log, oldest first: the last `lines` of those above `sequence`.
    package func log(
        of source: LogSource,
        after sequence: UInt64,
        lines: Int
    ) throws(ClientError) -> [LogLine] {
        let path =
            switch source {
            case .jobManager: "/jobmanager/log"
            case .taskManager(let id): "/taskmanagers/\(PathText.encode(id))/log"
            }
        let bytes = try send(
            Call(
                path,
                query: [
                    ("format", "json"), ("after", String(sequence)), ("lines", String(lines)),
                ]
            )
        )
        let decoder = JSONDecoder()
        do {
            return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
                try decoder.decode(LogLine.self, from: Data(line))
            }
        } catch {
            throw ClientError(
                .strange,
                """
                The log that \(address) sent cannot be read: is it of the same version as jobctl? \
                (\(error))
                """
            )
        }
    }

    /// The text of `/metrics`.
    package func metrics() throws(ClientError) -> String {
        String(decoding: try send(Call("/metrics")), as: UTF8.self)
    }
}
