import Glibc
import Testing
import Threads

@Suite struct StopSignalTests {
    @Test func `a second signal ends a process that waits for something else`() async {
        await #expect(processExitsWith: .exitCode(130)) {
            let signals = StopSignals(secondEndsProcess: true)
            // To the process: the threads of this pool take none.
            kill(getpid(), SIGINT)
            while signals.count == 0 { usleep(1000) }
            // Those within a second of each other are one.
            usleep(1_100_000)
            kill(getpid(), SIGTERM)
            sleep(30)
        }
    }
}
