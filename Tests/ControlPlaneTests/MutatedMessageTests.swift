import ClusterMessages
import Core
import Dataflow
import JobManager
import ManagementAPI
import Testing

/// Makes damaged copies of messages, the same ones in every run.
struct MessageMutator {
    /// Pieces of JSON, and of the messages themselves.
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "{}", "[]",
        "-1", "0", "1e999", "1.5", "9223372036854775807", "-9223372036854775808",
        "18446744073709551616", "\"\"", "\"_0\":", "\"deployment\":", "\"slot\":", "\"node\":",
    ]
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// A copy with one or two changes to its bytes or tokens.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(2) {
            if below(4) == 0 { changeByte(&bytes) } else { changeToken(&bytes) }
        }
        return bytes
    }

    private mutating func changeByte(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = below(bytes.count)
        switch below(4) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + below(30)))
        }
    }

    /// Replaces a number or a word by a piece, or puts one in.
    private mutating func changeToken(_ bytes: inout [UInt8]) {
        let piece = Array(Self.pieces[below(Self.pieces.count)].utf8)
        let numbers = bytes.indices.filter { Self.isDigit(bytes[$0]) }
        guard below(5) > 0, !numbers.isEmpty else {
            bytes.insert(contentsOf: piece, at: below(bytes.count + 1))
            return
        }
        var start = numbers[below(numbers.count)]
        while start > 0, Self.isDigit(bytes[start - 1]) { start -= 1 }
        let end = bytes[start...].firstIndex { !Self.isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: piece)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

@Suite struct MutatedMessageTests {
    /// Decodes mutants of all samples; returns those that are messages.
    private func decode<Message: Codable & Sendable>(
        _ samples: [(name: String, message: Message)],
        count: Int
    ) -> [Message] {
        var mutator = MessageMutator(seed: 11)
        let bodies = samples.map { ControlCodec.encode($0.message) }
        var messages: [Message] = []
        for number in 0..<count {
            let body = mutator.mutate(bodies[number % bodies.count])
            do {
                let message = try ControlCodec.decode(Message.self, body)
                // Whatever can be read can be written.
                #expect(!ControlCodec.encode(message).isEmpty)
                messages.append(message)
            } catch {
                #expect(error.blame == .external)
                #expect(error.message.hasPrefix("A control message of \(body.count) bytes cannot"))
            }
        }
        #expect(messages.count > count / 50 && messages.count < count)
        return messages
    }

    @Test func `mutants of what task managers are told are read or refused with a sentence`() {
        var kinds = 0
        for message in decode(SampleMessages.toTaskManager, count: 3000) {
            switch message {
            case .welcome(let welcome): kinds += welcome.fault == nil ? 1 : 0
            case .deploy(let deployment, _):
                let place = TaskManagerID("tm-1-9c2f")
                // One without a fault can be cut into stages.
                if deployment.fault(at: place) == nil {
                    kinds += StagePlan(deployment.graph).stages.count
                }
            case .heartbeat, .command, .stop, .log: break
            }
        }
        #expect(kinds > 0)
    }

    @Test func `a leader survives mutants of what task managers tell`() async throws {
        let leader = try await TestLeader()
        defer { leader.stop() }
        let job = TestLeader.record(1)
        try await leader.submit(job)
        let mutants = decode(SampleMessages.toJobManager, count: 3000)
        var programs: [ScriptedTaskManager] = []
        defer { for program in programs { program.stop() } }
        for (number, mutant) in mutants.prefix(300).enumerated() {
            if programs.last?.received.closed != nil || programs.isEmpty {
                programs.append(try await join(leader, "tm-\(number)"))
            }
            guard let program = programs.last else { continue }
            program.send(Self.about(try await program.deployment(), mutant))
            // People look at what has come of it.
            if number % 10 == 0 { _ = try await leader.service.job(job.id.text) }
        }
        _ = try await leader.service.taskManagers()
        #expect(programs.count > 5)
        // It still leads, and hands the job to whoever comes next.
        programs.last?.stop()
        let honest = try await join(leader, "honest")
        programs.append(honest)
        #expect(try await leader.service.jobs().map(\.state).contains { !$0.isTerminal })
    }

    /// A task manager that has the job's only slot, and says so.
    private func join(_ leader: TestLeader, _ id: String) async throws -> ScriptedTaskManager {
        let program = try ScriptedTaskManager(id, leader)
        program.send(.register(program.registration()))
        let deployment = try await program.deployment()
        program.send(.deployed(deployment: deployment.id))
        program.send(.event(deployment: deployment.id, .slotRunning(slot: 0)))
        return program
    }

    /// A message about a deployment that there is: others are not looked at.
    private static func about(_ deployment: TaskDeployment, _ message: ToJobManager) -> ToJobManager
    {
        switch message {
        case .event(_, .failed), .event(_, .checkpointFailed), .stopped, .leaving, .log, .register:
            message
        case .event(_, let event): .event(deployment: deployment.id, event)
        case .deployed: .deployed(deployment: deployment.id)
        case .heartbeat(let report):
            .heartbeat(
                TaskManagerReport(
                    slots: report.slots.map {
                        TaskManagerReport.Slot(
                            deployment: deployment.id,
                            slot: $0.slot,
                            nodes: $0.nodes + $0.nodes,
                            stages: $0.stages
                        )
                    },
                    residentBytes: report.residentBytes,
                    cpuMicroseconds: report.cpuMicroseconds
                )
            )
        }
    }
}
