/// Chooses the channel that a stage takes its next element from: in turn, but those that are behind
/// in event time first.
///
/// A channel whose turn it is yields to another of the same input that is behind it. Credit then
/// holds back the sender that is ahead, so that parallel readers stay close to each other, and
/// joins and windows keep less. Nobody yields for ever.
package struct ChannelTurns {
    /// The input of the stage's head that each channel feeds.
    private let inputs: [Int]
    private let yieldsMax: Int
    private var next = 0
    /// How often the channel whose turn it is has yielded.
    private var yieldsInARow = 0

    /// What a channel has to offer.
    package enum State {
        /// An element that may be taken.
        case ready
        /// Nothing, though it could be taken.
        case empty
        /// A barrier; it is read no further.
        case held
    }

    /// - Parameters:
    ///   - inputs: the input that each channel feeds.
    ///   - yieldsMax: how often in a row a channel yields.
    package init(inputs: [Int], yieldsMax: Int = DataflowLimits.channelYields) {
        self.inputs = inputs
        self.yieldsMax = yieldsMax
    }

    /// Takes a turn.
    ///
    /// - Returns: the channel to take an element from; nil when none is ready.
    package mutating func choose(_ states: [State], _ eventTime: EventTime) -> Int? {
        guard let turn = firstReady(states) else { return nil }
        var chosen = furthestBehind(turn, states, eventTime)
        yieldsInARow = chosen == turn ? 0 : yieldsInARow + 1
        if yieldsInARow > yieldsMax {
            yieldsInARow = 0
            chosen = turn
        }
        if chosen == turn { next = (turn + 1) % inputs.count }
        return chosen
    }

    /// Whether what could be taken is ahead of a sender from which nothing has come.
    package func isAhead(_ states: [State], _ eventTime: EventTime) -> Bool {
        guard inputs.count > 1, let turn = firstReady(states) else { return false }
        let chosen = furthestBehind(turn, states, eventTime)
        return inputs.indices.contains { index in
            states[index] == .empty && inputs[index] == inputs[turn]
                && eventTime.isHeldBack(index, behind: chosen)
        }
    }

    /// The channel whose turn it is.
    private func firstReady(_ states: [State]) -> Int? {
        for step in inputs.indices {
            let index = (next + step) % inputs.count
            if states[index] == .ready { return index }
        }
        return nil
    }

    /// The channel of the same input that is furthest behind in event time and has an element.
    private func furthestBehind(_ turn: Int, _ states: [State], _ eventTime: EventTime) -> Int {
        var chosen = turn
        for index in inputs.indices
        where states[index] == .ready && inputs[index] == inputs[turn]
            && eventTime.isBehind(index, chosen)
        {
            chosen = index
        }
        return chosen
    }
}
