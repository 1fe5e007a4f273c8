/// Connections between processes, and what happens to them.
///
/// A connection delivers in order or breaks, as TCP does; what was under way when it breaks is
/// lost. A partition holds everything back. A process that crashes resets its connections, or, as
/// a machine that loses power, leaves its peers to find out by themselves.
final class SimulatedNetwork {
    let simulation: Simulation
    private var partitions: [Set<String>: Int64] = [:]
    /// Messages of a thousand that arrive once more, later; only where a protocol tolerates it.
    var duplicates = 10

    init(_ simulation: Simulation) {
        self.simulation = simulation
    }

    func partition(_ a: SimulatedProcess, _ b: SimulatedProcess, forMicroseconds duration: Int64) {
        simulation.log("PARTITION of \(a.name) and \(b.name) for \(duration / 1000) ms")
        partitions[[a.name, b.name]] = simulation.nowMicroseconds + duration
    }

    func heal() {
        partitions = [:]
    }

    /// When something sent now can arrive at the earliest.
    func passage(_ a: SimulatedProcess, _ b: SimulatedProcess) -> Int64 {
        max(simulation.nowMicroseconds, partitions[[a.name, b.name]] ?? 0)
    }

    func isPartitioned(_ a: SimulatedProcess, _ b: SimulatedProcess) -> Bool {
        passage(a, b) > simulation.nowMicroseconds
    }
}

/// One connection.
final class Connection<Message> {
    struct End {
        let process: SimulatedProcess
        let run: Int
        let receive: (Message) -> Void
        let closed: () -> Void

        init(
            _ process: SimulatedProcess,
            receive: @escaping (Message) -> Void,
            closed: @escaping () -> Void
        ) {
            self.process = process
            run = process.incarnation
            self.receive = receive
            self.closed = closed
        }
    }

    private let network: SimulatedNetwork
    private let ends: [End]
    private let mayDuplicate: Bool
    private var inboxes: [[Message]] = [[], []]
    private var lastArrivals: [Int64] = [0, 0]
    private(set) var isOpen = true

    init(_ network: SimulatedNetwork, _ first: End, _ second: End, mayDuplicate: Bool) {
        self.network = network
        ends = [first, second]
        self.mayDuplicate = mayDuplicate
        for end in ends { end.process.whenCrashed { [weak self] in self?.processCrashed() } }
    }

    private func processCrashed() {
        // Otherwise the machine is gone, and nobody says so.
        if network.simulation.chance(700) { close() }
    }

    /// Sends from one end, 0 or 1, to the other.
    func send(from side: Int, _ message: Message) {
        transmit(from: side, message)
        if mayDuplicate, network.simulation.chance(network.duplicates) {
            network.simulation.after(network.simulation.within(0...2_000_000)) { [self] in
                transmit(from: side, message)
            }
        }
    }

    private func transmit(from side: Int, _ message: Message) {
        guard isOpen else { return }
        let other = 1 - side
        let simulation = network.simulation
        let isSlow = simulation.chance(5)
        let delay = isSlow ? simulation.within(0...3_000_000) : simulation.within(100...5000)
        let arrival = max(
            lastArrivals[other],
            network.passage(ends[0].process, ends[1].process) + delay
        )
        lastArrivals[other] = arrival
        inboxes[other].append(message)
        simulation.after(arrival - simulation.nowMicroseconds) { [self] in arrive(other) }
    }

    private func arrive(_ side: Int) {
        guard isOpen, ends[side].process.isCurrent(ends[side].run) else { return }
        ends[side].process.after(0) { [self] in
            guard isOpen, !inboxes[side].isEmpty else { return }
            ends[side].receive(inboxes[side].removeFirst())
        }
    }

    /// Breaks the connection; both ends are told.
    func close() {
        guard isOpen else { return }
        isOpen = false
        inboxes = [[], []]
        let simulation = network.simulation
        for end in ends where end.process.isCurrent(end.run) {
            let passage = network.passage(ends[0].process, ends[1].process)
            let delay = passage - simulation.nowMicroseconds + simulation.within(0...5000)
            simulation.after(delay) {
                guard end.process.isCurrent(end.run) else { return }
                end.process.after(0) { end.closed() }
            }
        }
    }
}
