import Testing

@Suite struct ElectionSimulationTests {
    static func scenario(_ sabotage: ElectionSabotage? = nil) -> Scenario {
        Scenario(
            name: "Election",
            seeds: 200,
            mustOccur: [
                "a leader stepped down", "a leader took jobs over", "a leader was fenced",
                "a leader resigned",
            ]
        ) { simulation in
            ElectionWorld(simulation, sabotage).live()
        }
    }

    @Test func `election and registry keep their promises`() {
        Self.scenario().check()
    }

    @Test(arguments: ElectionSabotage.allCases)
    func `the checker sees what is broken on purpose`(_ sabotage: ElectionSabotage) throws {
        let failed = Self.scenario(sabotage).run(seeds: 1..<400).failed
        let violation = try #require(failed.first?.violations.first)
        #expect(violation.contains(sabotage.expected), "\(violation)")
    }

    @Test func `the same seed gives the same run`() {
        let threads = LockStepThreads()
        defer { threads.endAll() }
        for seed in 1...5 as ClosedRange<UInt64> {
            let first = Self.scenario().run(seed, threads, keepsTrace: false)
            let second = Self.scenario().run(seed, threads, keepsTrace: true)
            #expect(first.fingerprint == second.fingerprint)
            #expect(first.events > 1000)
        }
    }
}
