/// The constant parts of the lines, each from the end of one value to the start of the next.
enum NexmarkKeys {
    static let personStart = bytes(#"{"event_type":0,"person":{"id":"#)
    static let name = bytes(#","name":""#)
    static let emailAddress = bytes(#"","emailAddress":""#)
    static let dotCom = bytes(".com")
    static let creditCard = bytes(#"","creditCard":""#)
    static let city = bytes(#"","city":""#)
    static let state = bytes(#"","state":""#)
    static let personEnd = bytes("\"},\"auction\":null,\"bid\":null}\n")

    static let auctionStart = bytes(#"{"event_type":1,"person":null,"auction":{"id":"#)
    static let itemName = bytes(#","itemName":""#)
    static let itemDescription = bytes(#"","description":""#)
    static let initialBid = bytes(#"","initialBid":"#)
    static let reserve = bytes(#","reserve":"#)
    static let expires = bytes(#"","expires":""#)
    static let seller = bytes(#"","seller":"#)
    static let category = bytes(#","category":"#)
    static let auctionEnd = bytes("\"},\"bid\":null}\n")

    static let bidStart = bytes(#"{"event_type":2,"person":null,"auction":null,"bid":{"auction":"#)
    static let bidder = bytes(#","bidder":"#)
    static let price = bytes(#","price":"#)
    static let channel = bytes(#","channel":""#)
    static let bidEnd = bytes("\"}}\n")

    static let dateTime = bytes(#","dateTime":""#)
    static let dateTimeAfterText = bytes(#"","dateTime":""#)
    static let extra = bytes(#","extra":""#)
    static let extraAfterText = bytes(#"","extra":""#)

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

extension [UInt8] {
    /// Appends a number that is not negative, in decimal.
    mutating func append(integer value: Int64) {
        var divisor: Int64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 48 + rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Appends exactly `count` decimal digits.
    mutating func append(digits value: Int, count: Int) {
        var divisor = 1
        for _ in 1..<count { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 48 + rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}
