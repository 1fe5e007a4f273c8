import Testing

@Suite struct ClusterSimulationTests {
    static func scenario(_ sabotage: ClusterSabotage? = nil) -> Scenario {
        Scenario(
            name: "Cluster",
            seeds: 300,
            mustOccur: [
                "a checkpoint was completed", "a checkpoint was given up",
                "an attempt started from a checkpoint", "a job was rescaled",
                "a leader stepped down", "a leader took jobs over", "a leader was fenced",
                "a checkpoint was too late", "a task manager fell silent",
                "a job waited for slots", "checkpoints overlapped",
            ]
        ) { simulation in
            ClusterWorld(simulation, sabotage).live()
        }
    }

    @Test func `every job ends with each row delivered once`() {
        Self.scenario().check()
    }

    @Test(arguments: ClusterSabotage.allCases)
    func `the checker sees what is broken on purpose`(_ sabotage: ClusterSabotage) throws {
        let failed = Self.scenario(sabotage).run(seeds: 1..<1000).failed
        let violation = try #require(failed.first?.violations.first)
        #expect(sabotage.expected.contains { violation.contains($0) }, "\(violation)")
    }

    @Test func `the same seed gives the same run`() {
        let threads = LockStepThreads()
        defer { threads.endAll() }
        for seed in 1...3 as ClosedRange<UInt64> {
            let first = Self.scenario().run(seed, threads, keepsTrace: false)
            let second = Self.scenario().run(seed, threads, keepsTrace: true)
            #expect(first.fingerprint == second.fingerprint)
        }
    }
}
