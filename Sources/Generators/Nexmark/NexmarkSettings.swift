/// What the Nexmark generator makes; the defaults are those of Flink's Nexmark suite
/// (`NexmarkConfiguration` of nexmark/nexmark).
package struct NexmarkSettings: Sendable {
    package var events: Int64
    package var seed: UInt64
    /// The event time of event 0, milliseconds since 1970; Apache Beam's is 2015-07-15.
    package var startMilliseconds: Int64 = 1_436_918_400_000
    package var eventsPerSecond: Int64 = 10_000
    /// Of so many bids one is for any auction, the others for a hot one.
    var hotAuctionRatio = 2
    /// Of so many bids one is by any bidder, the others by a hot one.
    var hotBidderRatio = 4
    /// Of so many auctions one is by any seller, the others by a hot one.
    var hotSellerRatio = 4
    /// People from among whom sellers and bidders that are not hot are drawn.
    var activePeople: Int64 = 1000
    /// Auctions that are open at a time.
    var inFlightAuctions: Int64 = 100

    package init(events: Int64, seed: UInt64) {
        self.events = events
        self.seed = seed
    }
}

/// Where an event stands in the fixed pattern of 1 person, 3 auctions and 46 bids.
///
/// Ids are counted from 0 here; those of the records start at `firstID`.
struct NexmarkPosition {
    static let people: Int64 = 1
    static let auctions: Int64 = 3
    static let patternLength: Int64 = 50
    static let firstID: Int64 = 1000
    static let firstCategory: Int64 = 10
    static let categories = 5
    /// One of so many people or auctions is hot.
    static let hotSpacing: Int64 = 100
    /// Ids may be this far ahead of what exists.
    static let lead: Int64 = 10

    enum Kind {
        case person
        case auction
        case bid
    }

    let kind: Kind
    /// The newest person and the newest auction at this event, itself included.
    let lastPerson: Int64
    let lastAuction: Int64

    init(event: Int64) {
        let pattern = event / Self.patternLength
        let offset = event % Self.patternLength
        lastPerson = pattern * Self.people
        if offset < Self.people {
            kind = .person
            lastAuction = pattern * Self.auctions - 1
        } else if offset < Self.people + Self.auctions {
            kind = .auction
            lastAuction = pattern * Self.auctions + offset - Self.people
        } else {
            kind = .bid
            lastAuction = pattern * Self.auctions + Self.auctions - 1
        }
    }
}
