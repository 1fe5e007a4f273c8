import DequeModule

/// What has arrived at a stage from one sender and is not processed yet.
final class InputChannel {
    /// An element, and which output of a shared source it came from.
    struct Arrival {
        let element: StreamElement
        let output: Int
    }

    let address: ChannelAddress
    /// The input of the stage's head that the channel feeds.
    let input: Int
    /// The barrier that the channel has delivered and others have not.
    var barrier: Barrier?
    private var queue: Deque<Arrival> = []

    init(address: ChannelAddress, input: Int) {
        self.address = address
        self.input = input
    }

    /// Whether an element may be taken: there is one, and no barrier holds the channel.
    var isReady: Bool { barrier == nil && !queue.isEmpty }

    /// What it has to offer.
    var state: ChannelTurns.State {
        if barrier != nil { return .held }
        return queue.isEmpty ? .empty : .ready
    }

    func append(_ element: StreamElement, output: Int) {
        queue.append(Arrival(element: element, output: output))
    }

    /// Puts back what is left of a batch.
    func putBack(_ element: StreamElement, output: Int) {
        queue.prepend(Arrival(element: element, output: output))
    }

    func take() -> Arrival? {
        queue.popFirst()
    }
}
