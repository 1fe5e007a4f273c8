#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes Nexmark events as JSON lines.
///
/// Each event depends on the seed and its number only: any part can be made on its own.
struct NexmarkLines {
    private let settings: NexmarkSettings
    private let words: NexmarkWords
    private var clock = TimestampText()
    private var random = SeededRandom(seed: 0)

    init(_ settings: NexmarkSettings, words: NexmarkWords) {
        self.settings = settings
        self.words = words
    }

    /// Appends the line of an event.
    mutating func write(event: Int64, to line: inout [UInt8]) {
        random = SeededRandom(seed: settings.seed, index: UInt64(bitPattern: event))
        let position = NexmarkPosition(event: event)
        switch position.kind {
        case .person: writePerson(event, position, &line)
        case .auction: writeAuction(event, position, &line)
        case .bid: writeBid(event, position, &line)
        }
    }

    private func milliseconds(of event: Int64) -> Int64 {
        settings.startMilliseconds + event * 1000 / settings.eventsPerSecond
    }

    // Sizes such as 8 for an integer are the idealised ones with which the suite pads its records.

    private mutating func writePerson(
        _ event: Int64,
        _ position: NexmarkPosition,
        _ line: inout [UInt8]
    ) {
        line.append(contentsOf: NexmarkKeys.personStart)
        line.append(integer: position.lastPerson + NexmarkPosition.firstID)
        line.append(contentsOf: NexmarkKeys.name)
        let start = line.count
        line.append(contentsOf: random.pick(words.firstNames))
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: random.pick(words.lastNames))
        let nameEnd = line.count
        line.append(contentsOf: NexmarkKeys.emailAddress)
        let emailStart = line.count
        words.appendLetters(random.within(3...6), &random, &line)
        line.append(UInt8(ascii: "@"))
        words.appendLetters(random.within(3...4), &random, &line)
        line.append(contentsOf: NexmarkKeys.dotCom)
        let emailEnd = line.count
        line.append(contentsOf: NexmarkKeys.creditCard)
        for group in 0..<4 {
            if group > 0 { line.append(UInt8(ascii: " ")) }
            line.append(digits: random.below(10_000), count: 4)
        }
        line.append(contentsOf: NexmarkKeys.city)
        let city = random.pick(words.cities)
        line.append(contentsOf: city)
        line.append(contentsOf: NexmarkKeys.state)
        line.append(contentsOf: random.pick(words.states))
        line.append(contentsOf: NexmarkKeys.dateTimeAfterText)
        clock.write(milliseconds(of: event), to: &line)
        line.append(contentsOf: NexmarkKeys.extraAfterText)
        let size = 8 + (nameEnd - start) + (emailEnd - emailStart) + 19 + city.count + 2
        appendExtra(200 - size, &line)
        line.append(contentsOf: NexmarkKeys.personEnd)
    }

    private mutating func writeAuction(
        _ event: Int64,
        _ position: NexmarkPosition,
        _ line: inout [UInt8]
    ) {
        let time = milliseconds(of: event)
        let initialBid = price()
        line.append(contentsOf: NexmarkKeys.auctionStart)
        line.append(integer: position.lastAuction + NexmarkPosition.firstID)
        line.append(contentsOf: NexmarkKeys.itemName)
        let start = line.count
        words.appendText(random.within(3...19), &random, &line)
        let nameEnd = line.count
        line.append(contentsOf: NexmarkKeys.itemDescription)
        let descriptionStart = line.count
        words.appendText(random.within(3...99), &random, &line)
        let descriptionEnd = line.count
        line.append(contentsOf: NexmarkKeys.initialBid)
        line.append(integer: initialBid)
        line.append(contentsOf: NexmarkKeys.reserve)
        line.append(integer: initialBid + price())
        line.append(contentsOf: NexmarkKeys.dateTime)
        clock.write(time, to: &line)
        line.append(contentsOf: NexmarkKeys.expires)
        clock.write(time + auctionMilliseconds(event, time), to: &line)
        line.append(contentsOf: NexmarkKeys.seller)
        line.append(integer: seller(position) + NexmarkPosition.firstID)
        line.append(contentsOf: NexmarkKeys.category)
        let category = Int64(random.below(NexmarkPosition.categories))
        line.append(integer: NexmarkPosition.firstCategory + category)
        line.append(contentsOf: NexmarkKeys.extra)
        let size = 8 + (nameEnd - start) + (descriptionEnd - descriptionStart) + 40
        appendExtra(500 - size, &line)
        line.append(contentsOf: NexmarkKeys.auctionEnd)
    }

    private mutating func writeBid(
        _ event: Int64,
        _ position: NexmarkPosition,
        _ line: inout [UInt8]
    ) {
        line.append(contentsOf: NexmarkKeys.bidStart)
        line.append(integer: auction(position) + NexmarkPosition.firstID)
        line.append(contentsOf: NexmarkKeys.bidder)
        line.append(integer: bidder(position) + NexmarkPosition.firstID)
        line.append(contentsOf: NexmarkKeys.price)
        line.append(integer: price())
        line.append(contentsOf: NexmarkKeys.channel)
        words.appendChannel(&random, &line)
        line.append(contentsOf: NexmarkKeys.dateTimeAfterText)
        clock.write(milliseconds(of: event), to: &line)
        line.append(contentsOf: NexmarkKeys.extraAfterText)
        appendExtra(100 - 32, &line)
        line.append(contentsOf: NexmarkKeys.bidEnd)
    }

    private mutating func auction(_ position: NexmarkPosition) -> Int64 {
        let last = position.lastAuction
        if random.below(settings.hotAuctionRatio) > 0 {
            return last / NexmarkPosition.hotSpacing * NexmarkPosition.hotSpacing
        }
        let first = max(last - settings.inFlightAuctions, 0)
        return first + Int64(random.below(Int(last - first + 1 + NexmarkPosition.lead)))
    }

    private mutating func bidder(_ position: NexmarkPosition) -> Int64 {
        if random.below(settings.hotBidderRatio) > 0 {
            // The second of each hundred, so that hot bidders are not hot sellers.
            return position.lastPerson / NexmarkPosition.hotSpacing * NexmarkPosition.hotSpacing + 1
        }
        return person(position)
    }

    private mutating func seller(_ position: NexmarkPosition) -> Int64 {
        if random.below(settings.hotSellerRatio) > 0 {
            return position.lastPerson / NexmarkPosition.hotSpacing * NexmarkPosition.hotSpacing
        }
        return person(position)
    }

    /// One of the active people, or of those who are about to come.
    private mutating func person(_ position: NexmarkPosition) -> Int64 {
        let people = position.lastPerson + 1
        let active = min(people, settings.activePeople)
        return people - active + Int64(random.below(Int(active + NexmarkPosition.lead)))
    }

    /// From 100 to 100,000,000, each order of magnitude as frequent as another.
    private mutating func price() -> Int64 {
        Int64((pow(10, random.fraction() * 6) * 100).rounded())
    }

    /// On average as long as it takes until the auctions in flight are replaced.
    private mutating func auctionMilliseconds(_ event: Int64, _ time: Int64) -> Int64 {
        let ahead =
            settings.inFlightAuctions * NexmarkPosition.patternLength / NexmarkPosition.auctions
        let horizon = milliseconds(of: event + ahead) - time
        return 1 + Int64(random.below(Int(max(horizon * 2, 1))))
    }

    /// Random letters, `average` of them give or take a fifth.
    private mutating func appendExtra(_ average: Int, _ line: inout [UInt8]) {
        guard average > 0 else { return }
        let deviation = (average + 2) / 5
        let length = average - deviation + (deviation == 0 ? 0 : random.below(2 * deviation))
        words.appendLetters(length, &random, &line)
    }
}
