/// The texts that Nexmark records are made of, prepared once for all threads.
struct NexmarkWords: Sendable {
    private static let channels = 10_000
    private static let poolBytes = 1 << 16

    let firstNames = Self.list("Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter")
    let lastNames = Self.list("Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris")
    let cities = Self.list(
        "Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne"
    )
    let states = Self.list("AZ,CA,ID,OR,WA,WY")

    /// Random letters, of which texts are cut.
    private let letters: [UInt8]
    /// Random letters with a space now and then, none at the ends.
    private let text: [UInt8]
    /// Channel and URL of the hot channels, then of all others, as they stand in the line.
    private let hotChannels: [[UInt8]]
    private let otherChannels: [[UInt8]]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed, index: .max)
        letters = (0..<Self.poolBytes).map { _ in Self.letter(&random) }
        text = (0..<Self.poolBytes).map { _ in
            random.below(13) == 0 ? UInt8(ascii: " ") : Self.letter(&random)
        }
        hotChannels = ["Google", "Facebook", "Baidu", "Apple"].map { name in
            Self.channel(name, Self.url(&random))
        }
        otherChannels = (0..<Self.channels).map { number in
            let hasNumber = random.below(10) > 0
            let reversed = Int32(bitPattern: Self.reversed(UInt32(number))).magnitude
            let tail = hasNumber ? "&channel_id=\(reversed)" : ""
            return Self.channel("channel-\(number)", Self.url(&random) + tail)
        }
    }

    private static func list(_ names: String) -> [[UInt8]] {
        names.split(separator: ",").map { Array($0.utf8) }
    }

    private static func letter(_ random: inout SeededRandom) -> UInt8 {
        UInt8(ascii: "a") + UInt8(random.below(26))
    }

    private static func channel(_ name: String, _ url: String) -> [UInt8] {
        Array("\(name)\",\"url\":\"\(url)".utf8)
    }

    private static func url(_ random: inout SeededRandom) -> String {
        let folders = (0..<3).map { _ in
            let bytes = (0..<random.within(3...4)).map { _ in
                random.below(13) == 0 ? UInt8(ascii: "_") : letter(&random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return "https://www.nexmark.com/\(folders.joined(separator: "/"))/item.htm?query=1"
    }

    /// The bits in the opposite order.
    private static func reversed(_ value: UInt32) -> UInt32 {
        (0..<32).reduce(0) { $0 | (value >> UInt32($1) & 1) << UInt32(31 - $1) }
    }

    /// Appends exactly `length` letters.
    func appendLetters(_ length: Int, _ random: inout SeededRandom, _ line: inout [UInt8]) {
        let start = random.below(Self.poolBytes - length)
        line.append(contentsOf: letters[start..<start + length])
    }

    /// Appends at most `length` letters and spaces, with no space at either end.
    func appendText(_ length: Int, _ random: inout SeededRandom, _ line: inout [UInt8]) {
        var start = random.below(Self.poolBytes - length)
        var end = start + length
        while start < end, text[start] == UInt8(ascii: " ") { start += 1 }
        while end > start, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        line.append(contentsOf: text[start..<end])
    }

    /// Appends a channel and its URL: one of the four hot ones for every other bid.
    func appendChannel(_ random: inout SeededRandom, _ line: inout [UInt8]) {
        let draw = random.below(2 * Self.channels)
        if draw < Self.channels {
            line.append(contentsOf: hotChannels[draw & 3])
        } else {
            line.append(contentsOf: otherChannels[draw - Self.channels])
        }
    }
}
