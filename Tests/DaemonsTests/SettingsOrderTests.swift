import Foundation
import TestKit
import Testing

/// Which of several places counts in which a setting is given, and that each of them does.
@Suite struct SettingsOrderTests {
    /// A flag that stands for a setting.
    struct Flag: Sendable, CustomTestStringConvertible {
        let daemon: Daemon
        let flag: String
        let key: String
        /// What makes a value one that the program refuses.
        var wrong = ""

        var testDescription: String { flag }
    }

    static let flags = [
        Flag(daemon: .jobManager, flag: "--rest-port", key: "rest.port"),
        Flag(daemon: .jobManager, flag: "--rpc-port", key: "jobmanager.rpc.port"),
        Flag(daemon: .taskManager, flag: "--slots", key: "taskmanager.numberOfTaskSlots"),
        Flag(daemon: .taskManager, flag: "--memory", key: "taskmanager.memory.process.size"),
        Flag(daemon: .taskManager, flag: "--jobmanager", key: "jobmanager.rpc.address"),
        // Nobody makes folders there.
        Flag(daemon: .taskManager, flag: "--data-dir", key: "io.tmp.dirs", wrong: "/proc/"),
    ]

    private static func variable(_ key: String) -> String {
        "APUS_" + String(key.uppercased().map { $0.isLetter ? $0 : "_" })
    }

    @Test(arguments: flags)
    func `a flag wins over -D, that over the environment, and that over the file`(
        flag: Flag
    ) throws {
        let folder = try DaemonFolder()
        let places = ["flag", "setting", "variable", "file"]
        let values = places.map { "\(flag.wrong)\($0):x" }
        let file = try folder.write("settings.yaml", "\(flag.key): '\(values[3])'\n")
        let words = [[flag.flag, values[0]], ["-D", "\(flag.key)=\(values[1])"]]
        // Without those that won before.
        for first in places.indices {
            let (exit, text) = try folder.refusal(
                flag.daemon,
                words.dropFirst(first).joined() + ["--config", file],
                environment: first < 3 ? ["\(Self.variable(flag.key))=\(values[2])"] : []
            )
            #expect(exit != 0)
            #expect(text.contains("'\(values[first])'"), "\(places[first]): \(text)")
        }
    }

    /// Ways to give a task manager its settings.
    enum Way: CaseIterable {
        case flags, dashD, environment, nestedFile, dottedFile
    }

    @Test(arguments: Way.allCases)
    func `a task manager does what it is told, whichever way`(way: Way) throws {
        let folder = try DaemonFolder()
        let settings = [
            ("taskmanager.numberOfTaskSlots", "--slots", "3"),
            ("taskmanager.memory.process.size", "--memory", "64m"),
            ("jobmanager.rpc.address", "--jobmanager", "127.0.0.1:1"),
            ("io.tmp.dirs", "--data-dir", "\(folder.path)/work"),
        ]
        var words: [String] = []
        var environment: [String] = []
        switch way {
        case .flags: words = settings.flatMap { [$0.1, $0.2] }
        case .dashD: words = settings.flatMap { ["-D", "\($0.0)=\($0.2)"] }
        case .environment: environment = settings.map { "\(Self.variable($0.0))=\($0.2)" }
        case .nestedFile:
            let text = """
                taskmanager:
                  numberOfTaskSlots: 3
                  memory: {process: {size: 64m}}
                jobmanager:
                  rpc.address: [127.0.0.1:1]
                io.tmp: {dirs: \(folder.path)/work}
                """
            words = ["--config", try folder.write("settings.yaml", text)]
        case .dottedFile:
            let text = settings.map { "\($0.0): \($0.2)\n" }.joined()
            words = ["--config", try folder.write("settings.yaml", text)]
        }
        let process = try folder.start(.taskManager, words, environment: environment)
        try process.wait(for: "offers 3 slots with 64.0 MB")
        try process.wait(for: "No job manager takes it in at 127.0.0.1:1")
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/work"))
        process.send(SIGTERM)
        #expect(try process.end() == 0)
    }

    @Test func `a job manager listens at the ports that its flags say`() throws {
        let folder = try DaemonFolder()
        let ports = try (0..<2).map { _ in try PostgresServer.freePort() }
        let process = try folder.start(
            .jobManager,
            ["--rest-port", "\(ports[0])", "--rpc-port", "\(ports[1])"]
        )
        try process.wait(for: "REST at http://127.0.0.1:\(ports[0])")
        try process.wait(for: "Leads the cluster in epoch 1; control port \(ports[1])")
        process.send(SIGTERM)
        #expect(try process.end() == 0)
    }
}
