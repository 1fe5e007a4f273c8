import Dataflow
import Testing

@Suite struct PersistRetriesTests {
    @Test func `what stays broken is tried and mentioned less and less often`() {
        var retries = PersistRetries()
        var pauses: [Int64] = []
        var said: [Int] = []
        for failure in 1...20 {
            if let text = retries.failed("the disk is full") {
                said.append(failure)
                #expect(text.contains("the disk is full"))
            }
            pauses.append(retries.pauseMicroseconds / 1_000_000)
        }
        #expect(said == [1, 2, 4, 8, 16])
        #expect(Array(pauses.prefix(8)) == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(pauses.last == 60)
        retries.reset()
        #expect(retries.failed("again") != nil)
        #expect(retries.pauseMicroseconds == 1_000_000)
    }
}
