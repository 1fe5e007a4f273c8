import Testing

@Suite struct ClusterSimulationTests {
    static func scenario(_ sabotage: ClusterSabotage? = nil) -> Scenario {
        Scenario(name: "Cluster", seeds: 200) { simulation in
            ClusterWorld(simulation, sabotage).live()
        }
    }

    @Test func `every job ends with each row delivered once`() {
        Self.scenario().check()
    }

    @Test(arguments: ClusterSabotage.allCases)
    func `the checker sees what is broken on purpose`(_ sabotage: ClusterSabotage) {
        let failed = Self.scenario(sabotage).run(seeds: 1..<400)
        #expect(!failed.isEmpty)
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
