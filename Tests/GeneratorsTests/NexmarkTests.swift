import Foundation
import Generators
import Testing

@Suite struct NexmarkTests {
    private struct Event: Decodable {
        let eventType: Int
        let person: Person?
        let auction: Auction?
        let bid: Bid?

        private enum CodingKeys: String, CodingKey {
            case eventType = "event_type"
            case person, auction, bid
        }

        var dateTime: String? { person?.dateTime ?? auction?.dateTime ?? bid?.dateTime }
    }

    private struct Person: Decodable {
        let id: Int
        let name, emailAddress, creditCard, city, state, dateTime, extra: String
    }

    private struct Auction: Decodable {
        let id, initialBid, reserve, seller, category: Int
        let itemName, description, dateTime, expires, extra: String
    }

    private struct Bid: Decodable {
        let auction, bidder, price: Int
        let channel, url, dateTime, extra: String
    }

    /// The lines of each file.
    private static func generate(
        _ events: Int64,
        files: Int,
        seed: UInt64 = 1,
        threads: Int = 2
    ) throws -> [[String]] {
        let folder = NSTemporaryDirectory() + "apus-nexmark-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = NexmarkFiles(
            NexmarkSettings(events: events, seed: seed),
            folder: folder,
            files: files
        )
        try writer.prepare(overwriting: false)
        writer.start(threads: threads)
        try writer.finish()
        #expect(writer.isDone)
        #expect(writer.progress.events == events)
        let texts = try (0..<files).map { file in
            try String(contentsOfFile: "\(folder)/\(NexmarkFiles.name(file))", encoding: .utf8)
        }
        #expect(writer.progress.bytes == Int64(texts.map(\.utf8.count).reduce(0, +)))
        return texts.map { $0.split(separator: "\n").map(String.init) }
    }

    private static func decode(_ lines: [String]) throws -> [Event] {
        let decoder = JSONDecoder()
        return try lines.map { try decoder.decode(Event.self, from: Data($0.utf8)) }
    }

    @Test func `events are in the proportion 1 to 3 to 46, about 330 bytes each`() throws {
        let lines = try Self.generate(50_000, files: 1)[0]
        let events = try Self.decode(lines)
        #expect(events.filter { $0.person != nil && $0.eventType == 0 }.count == 1000)
        #expect(events.filter { $0.auction != nil && $0.eventType == 1 }.count == 3000)
        #expect(events.filter { $0.bid != nil && $0.eventType == 2 }.count == 46_000)
        let mean = lines.map { $0.utf8.count + 1 }.reduce(0, +) / lines.count
        #expect((300...360).contains(mean))
    }

    @Test func `ids are consecutive, and 10,000 events pass in a second`() throws {
        let events = try Self.decode(try Self.generate(50_000, files: 1)[0])
        #expect(events.compactMap(\.person?.id) == Array(1000..<2000))
        #expect(events.compactMap(\.auction?.id) == Array(1000..<4000))
        #expect(events[0].dateTime == "2015-07-15 00:00:00.000")
        #expect(events[9_999].dateTime == "2015-07-15 00:00:00.999")
        #expect(events[49_999].dateTime == "2015-07-15 00:00:04.999")
        for auction in events.compactMap(\.auction) {
            #expect(auction.expires > auction.dateTime)
            #expect(auction.reserve > auction.initialBid)
            #expect((10...14).contains(auction.category))
        }
    }

    @Test func `hot auctions, bidders, sellers and channels have their shares`() throws {
        let events = try Self.decode(try Self.generate(60_000, files: 1)[0])
        let bids = events.compactMap(\.bid)
        func share(_ matches: (Bid) -> Bool) -> Double {
            Double(bids.filter(matches).count) / Double(bids.count)
        }
        // Hot ids are also drawn as ordinary ones now and then.
        #expect((0.49...0.53).contains(share { $0.auction % 100 == 0 }))
        #expect((0.74...0.77).contains(share { $0.bidder % 100 == 1 }))
        let hot = ["Google", "Facebook", "Baidu", "Apple"]
        #expect((0.48...0.52).contains(share { hot.contains($0.channel) }))
        #expect((0.43...0.47).contains(share { $0.url.contains("&channel_id=") }))
        #expect((0.48...0.52).contains(share { $0.price < 100_000 }))
        #expect(bids.allSatisfy { (100...100_000_000).contains($0.price) })
        let auctions = events.compactMap(\.auction)
        let hotSellers = auctions.filter { $0.seller % 100 == 0 }.count
        #expect((0.72...0.79).contains(Double(hotSellers) / Double(auctions.count)))
    }

    @Test func `bids are on auctions around now`() throws {
        var newest = 0
        for event in try Self.decode(try Self.generate(30_000, files: 1)[0]) {
            newest = max(newest, event.auction?.id ?? 0)
            if let bid = event.bid {
                #expect(bid.auction <= newest + 10)
                #expect(bid.auction >= newest - 101)
            }
        }
    }

    @Test func `several files are one file dealt out, each in order`() throws {
        let whole = try Self.generate(10_020, files: 1)[0]
        let parts = try Self.generate(10_020, files: 3, threads: 3)
        #expect(parts.map(\.count) == [3350, 3350, 3320])
        var merged: [String] = []
        for group in 0..<201 {
            merged += parts[group % 3].dropFirst(group / 3 * 50).prefix(50)
        }
        #expect(merged == whole)
        for part in parts {
            let times = try Self.decode(part).compactMap(\.dateTime)
            #expect(times == times.sorted())
        }
    }

    @Test func `the seed decides`() throws {
        let first = try Self.generate(500, files: 1, seed: 5)
        #expect(try Self.generate(500, files: 1, seed: 5) == first)
        #expect(try Self.generate(500, files: 1, seed: 6) != first)
    }

    @Test func `files of an earlier run are not mixed with new ones`() throws {
        let folder = NSTemporaryDirectory() + "apus-nexmark-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = NexmarkSettings(events: 100, seed: 1)
        let first = NexmarkFiles(settings, folder: folder, files: 3)
        try first.prepare(overwriting: false)
        first.start(threads: 1)
        try first.finish()
        let second = NexmarkFiles(settings, folder: folder, files: 1)
        #expect {
            try second.prepare(overwriting: false)
        } throws: { error in
            "\(error)".contains("already holds 'nexmark-0000.json' of an earlier run")
        }
        try second.prepare(overwriting: true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
}
