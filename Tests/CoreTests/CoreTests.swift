import Core
import Testing

@Suite struct CoreTests {
    @Test(arguments: [1, 2, 3, 5, 16, 127, 128])
    func `every key group belongs to exactly the slot that says so`(parallelism: Int) {
        var next = 0
        for slot in 0..<parallelism {
            let range = KeyGroupRange(slot: slot, parallelism: parallelism, maxParallelism: 128)
            #expect(range.lower == next)
            next = range.upper
            for group in range.lower..<range.upper {
                let owner = KeyGroupRange.slot(
                    ofGroup: group,
                    parallelism: parallelism,
                    maxParallelism: 128
                )
                #expect(owner == slot)
            }
        }
        #expect(next == 128)
    }

    @Test func `durations and memory sizes are read as Flink writes them`() {
        #expect(DurationText.microseconds("10 s") == 10_000_000)
        #expect(DurationText.microseconds("500ms") == 500_000)
        #expect(DurationText.microseconds("250") == 250_000)
        #expect(DurationText.microseconds("1 min") == 60_000_000)
        #expect(DurationText.microseconds("soon") == nil)
        #expect(MemorySizeText.bytes("64m") == 64 << 20)
        #expect(MemorySizeText.bytes("1 gb") == 1 << 30)
        #expect(MemorySizeText.bytes("-1") == nil)
    }

    @Test func `the nearest name forgives a slip but not a different word`() {
        #expect(NearestName.find("playr", in: ["player", "score"]) == "player")
        #expect(NearestName.find("conector", in: ["connector", "format"]) == "connector")
        #expect(NearestName.find("xyz", in: ["player", "score"]) == nil)
    }

    @Test func `the checksum agrees with the published test vectors`() {
        let text = Array("123456789".utf8)
        #expect(Checksum.of(text.span) == 0xE306_9283)
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(Checksum.of(zeros.span) == 0x8A91_36AA)
        var pieces = Checksum()
        pieces.update(Array("1234".utf8).span)
        pieces.update(Array("56789".utf8).span)
        #expect(pieces.value == 0xE306_9283)
    }

    @Test func `the back-off grows to its maximum and starts again`() {
        var backoff = Backoff(
            initialMicroseconds: 100,
            maximumMicroseconds: 1000,
            jitterFactor: 0
        )
        var random = SystemRandomNumberGenerator()
        let pauses = (0..<5).map { _ in backoff.nextMicroseconds(using: &random) }
        #expect(pauses == [100, 200, 400, 800, 1000])
        backoff.reset()
        #expect(backoff.nextMicroseconds(using: &random) == 100)
    }
}
