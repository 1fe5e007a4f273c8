import ClusterKit
import ClusterProtocol
import TestKit
import Testing
import Transport

/// What the programs say to those who set them up wrongly.
@Suite struct ClusterMessageTests {
    private func run(_ words: [String]) throws -> (exit: Int32, text: String) {
        let process = try ChildProcess.start(
            ["\(TestCluster.programs)/\(words[0])"] + words.dropFirst(),
            capturing: true
        )
        let text = process.readAll()
        return (process.wait(), text)
    }

    @Test func `a setting that does not exist is named with the nearest`() throws {
        let (exit, text) = try run(["jobmanager", "-D", "heartbeat.intervall=1 s"])
        #expect(exit == 2)
        #expect(
            text == """
                error: -D: there is no setting 'heartbeat.intervall'. Did you mean \
                'heartbeat.interval'?

                """
        )
    }

    @Test func `a missing location of checkpoints is told`() throws {
        for program in ["jobmanager", "taskmanager"] {
            let (exit, text) = try run([program])
            #expect(exit == 2)
            #expect(text.contains("The setting 'execution.checkpointing.dir' is missing"))
        }
    }

    @Test func `a port for others needs a token`() throws {
        let (exit, text) = try run(
            [
                "jobmanager", "-D", "execution.checkpointing.dir=/tmp/none",
                "-D", "jobmanager.bind-host=0.0.0.0",
            ]
        )
        #expect(exit == 2)
        #expect(text.contains("everybody could join the cluster"))
    }

    @Test func `a task manager of another cluster or with another token is refused`() throws {
        let cluster = try TestCluster()
        try cluster.startJobManager([("cluster.token", "right")])
        try cluster.startTaskManager("stranger", [("cluster.token", "wrong")])
        try cluster.taskManager("stranger")?.wait(for: "token")
        try cluster.startTaskManager(
            "other",
            [("cluster.token", "right"), ("high-availability.cluster-id", "elsewhere")]
        )
        try cluster.taskManager("other")?.wait(for: "elsewhere")
        try cluster.startTaskManager("friend", [("cluster.token", "right")])
        try cluster.waitForSlots(2)
        let scrape = Scrape(try cluster.http("/metrics"))
        for reason in ["wrong-token", "wrong-cluster"] {
            #expect(scrape.sum("apus_network_refused_total", "reason=\"\(reason)\"") >= 1)
        }
        #expect(scrape.sum("apus_network_refused_total", "reason=\"malformed\"") == 0)
    }

    @Test func `a control message that cannot be read is refused, told and counted`() throws {
        let cluster = try TestCluster.start(taskManagers: 1)
        let network = try ClusterNetwork(
            TransportOptions(clusterID: "test"),
            identity: NetworkIdentity(role: .taskManager, id: "garbler", softwareVersion: "0")
        ) { _ in }
        defer { network.close() }
        let connection = try ControlClient.connect(
            network,
            host: "127.0.0.1",
            port: cluster.controlPort()
        )
        connection.send(Array("nonsense".utf8))
        try cluster.jobManager?.wait(for: "Refused taskmanager 'garbler'")
        let scrape = Scrape(try cluster.http("/metrics"))
        #expect(scrape.sum("apus_network_refused_total", "reason=\"malformed\"") == 1)
    }

    @Test func `a task manager with other checkpoints is refused with both places`() throws {
        let cluster = try TestCluster()
        try cluster.startJobManager()
        try cluster.startTaskManager(
            "lost",
            [("execution.checkpointing.dir", "file://\(cluster.folder)/elsewhere")]
        )
        try cluster.taskManager("lost")?.wait(for: "set 'execution.checkpointing.dir' alike")
    }

    @Test func `programs end in good order when they are told to`() throws {
        let cluster = try TestCluster.start(taskManagers: 1)
        cluster.taskManager("tm0")?.send(15)
        #expect(try cluster.taskManager("tm0")?.end() == 0)
        try cluster.jobManager?.wait(for: "it leaves: it was told to stop")
        cluster.jobManager?.send(15)
        #expect(try cluster.jobManager?.end() == 0)
    }
}
