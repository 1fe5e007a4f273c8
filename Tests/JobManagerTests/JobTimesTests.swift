import JobManager
import ManagementAPI
import Testing

/// How long a job has been in which state.
@Suite struct JobTimesTests {
    @Test func `times run while the job is in the state`() {
        var times = JobTimes()
        #expect(times.down(at: 50) == 0)
        times.note(.created, at: 100)
        times.note(.running, at: 300)
        times.note(.running, at: 350)
        #expect(times.up(at: 400) == 100)
        #expect(times.running(at: 400) == 100)
        #expect(times.down(at: 400) == 0)
        times.note(.restarting, at: 500)
        times.note(.initializing, at: 530)
        #expect(times.up(at: 560) == 0)
        #expect(times.down(at: 560) == 60)
        #expect(times.restarting(at: 560) == 30)
        times.note(.running, at: 600)
        #expect(times.running(at: 650) == 250)
        #expect(times.up(at: 650) == 50)
        #expect(times.down(at: 650) == 0)
    }

    @Test func `a job that has ended is not down`() {
        var times = JobTimes()
        times.note(.running, at: 0)
        times.note(.cancelling, at: 10)
        #expect(times.down(at: 20) == 10)
        times.note(.canceled, at: 30)
        #expect(times.down(at: 40) == 0)
        #expect(times.running(at: 40) == 10)
    }
}
