import JobManager
import Testing

@Suite struct LeaseElectionTests {
    private let seconds: Int64 = 1_000_000
    private let options = LeaseOptions()

    private func holder(_ name: String, _ run: String = "1") -> LeaderRecord.Holder {
        LeaderRecord.Holder(name: name, incarnation: run)
    }

    private func address(_ name: String) -> LeaderRecord.Address {
        LeaderRecord.Address(control: "\(name):6123", rest: "http://\(name):8081")
    }

    private func record(
        _ epoch: UInt64,
        _ name: String,
        renewals: UInt64 = 0,
        isReleased: Bool = false
    ) -> LeaderRecord {
        LeaderRecord(
            epoch: epoch,
            holder: holder(name),
            address: address(name),
            renewals: renewals,
            isReleased: isReleased
        )
    }

    private func election(_ name: String = "a") -> LeaseElection {
        LeaseElection(holder: holder(name), address: address(name), options: options)
    }

    /// An election won at the given second, with epoch 1.
    private func leader(at second: Int64 = 0) -> LeaseElection {
        var election = election()
        _ = election.handle(.tick, nowMicroseconds: second * seconds)
        _ = election.handle(.read(.none), nowMicroseconds: second * seconds)
        let actions = election.handle(.claimed(.done), nowMicroseconds: second * seconds)
        #expect(actions == [.leaderIs(record(1, "a")), .becameLeader(epoch: 1)])
        return election
    }

    @Test func `where nobody has claimed, the first epoch is claimed at once`() {
        var election = election()
        #expect(election.handle(.tick, nowMicroseconds: 5) == [.read])
        #expect(election.handle(.tick, nowMicroseconds: 6) == [])
        #expect(
            election.handle(.read(.none), nowMicroseconds: 7) == [.claim(record(1, "a"))]
        )
        #expect(
            election.handle(.claimed(.done), nowMicroseconds: 8)
                == [.leaderIs(record(1, "a")), .becameLeader(epoch: 1)]
        )
        #expect(election.epoch == 1)
        #expect(election.deadlineMicroseconds == 5 + 10 * seconds)
    }

    @Test func `a leader renews with a growing counter`() {
        var election = leader()
        #expect(election.handle(.tick, nowMicroseconds: 1 * seconds) == [])
        #expect(
            election.handle(.tick, nowMicroseconds: 2 * seconds)
                == [.renew(record(1, "a", renewals: 1))]
        )
        #expect(election.handle(.renewed(.done), nowMicroseconds: 3 * seconds) == [])
        #expect(election.deadlineMicroseconds == 12 * seconds)
        #expect(
            election.handle(.tick, nowMicroseconds: 4 * seconds)
                == [.renew(record(1, "a", renewals: 2))]
        )
    }

    @Test func `a leader that cannot renew stops at the deadline, though the call still hangs`() {
        var election = leader()
        _ = election.handle(.tick, nowMicroseconds: 2 * seconds)
        #expect(election.nextTickMicroseconds(9 * seconds) == 10 * seconds)
        #expect(election.handle(.tick, nowMicroseconds: 10 * seconds - 1) == [])
        #expect(
            election.handle(.tick, nowMicroseconds: 10 * seconds) == [
                .lostLeadership(
                    reason: "the lease could not be renewed for 10 s (renew-deadline)"
                ),
                .leaderIs(nil),
            ]
        )
        #expect(election.epoch == nil)
        // What the call answers now does not make it a leader again.
        #expect(election.handle(.renewed(.done), nowMicroseconds: 11 * seconds) == [])
        #expect(election.handle(.tick, nowMicroseconds: 12 * seconds) == [.read])
    }

    @Test func `a renewal counts from its start`() {
        var election = leader()
        _ = election.handle(.tick, nowMicroseconds: 2 * seconds)
        _ = election.handle(.renewed(.done), nowMicroseconds: 9 * seconds)
        #expect(election.deadlineMicroseconds == 12 * seconds)
        _ = election.handle(.tick, nowMicroseconds: 9 * seconds)
        // Its answer comes when its own time is over as well.
        let actions = election.handle(.renewed(.done), nowMicroseconds: 30 * seconds)
        #expect(actions.count == 2)
        #expect(election.epoch == nil)
    }

    @Test func `a leader that sees a higher epoch stops at once`() {
        var election = leader()
        _ = election.handle(.tick, nowMicroseconds: 2 * seconds)
        #expect(
            election.handle(.renewed(.superseded(record(2, "b"))), nowMicroseconds: 3 * seconds)
                == [
                    .lostLeadership(reason: "'b' has taken over with epoch 2"),
                    .leaderIs(record(2, "b")),
                ]
        )
    }

    @Test func `a standby claims what has not changed for the whole lease`() {
        var election = election("b")
        _ = election.handle(.tick, nowMicroseconds: 0)
        #expect(
            election.handle(.read(.record(record(4, "a"))), nowMicroseconds: 1 * seconds)
                == [.leaderIs(record(4, "a"))]
        )
        for second in [2, 4, 6, 8, 10, 12, 14, 15] as [Int64] {
            let asked = election.handle(.tick, nowMicroseconds: second * seconds)
            #expect(asked == (second == 15 ? [] : [.read]))
            let look = LeaseElection.Reading.record(record(4, "a"))
            #expect(election.handle(.read(look), nowMicroseconds: second * seconds) == [])
        }
        // Seen at 1 s: what counts is a look that starts at 16 s or later.
        #expect(election.handle(.tick, nowMicroseconds: 16 * seconds) == [.read])
        #expect(
            election.handle(.read(.record(record(4, "a"))), nowMicroseconds: 17 * seconds)
                == [.leaderIs(nil), .claim(record(5, "b"))]
        )
    }

    @Test func `a renewal starts the wait again`() {
        var election = election("b")
        for second in stride(from: 0, through: 60, by: 2) as StrideThrough<Int64> {
            #expect(election.handle(.tick, nowMicroseconds: second * seconds) == [.read])
            let renewals = UInt64(second / 14)
            let look = LeaseElection.Reading.record(record(4, "a", renewals: renewals))
            let actions = election.handle(.read(look), nowMicroseconds: second * seconds)
            #expect(actions == (second == 0 ? [.leaderIs(record(4, "a"))] : []))
        }
    }

    @Test func `looks that fail prove nothing`() {
        var election = election("b")
        _ = election.handle(.tick, nowMicroseconds: 0)
        _ = election.handle(.read(.record(record(4, "a"))), nowMicroseconds: 0)
        _ = election.handle(.tick, nowMicroseconds: 20 * seconds)
        #expect(election.handle(.read(.failed("503")), nowMicroseconds: 21 * seconds) == [])
        _ = election.handle(.tick, nowMicroseconds: 23 * seconds)
        let look = LeaseElection.Reading.record(record(4, "a", renewals: 9))
        #expect(election.handle(.read(look), nowMicroseconds: 24 * seconds) == [])
    }

    @Test func `a released record is claimed without waiting`() {
        var election = election("b")
        _ = election.handle(.tick, nowMicroseconds: 0)
        let look = LeaseElection.Reading.record(record(4, "a", isReleased: true))
        #expect(
            election.handle(.read(look), nowMicroseconds: 1) == [.claim(record(5, "b"))]
        )
    }

    @Test func `a restarted job manager does not wait for its own earlier run, but only once`() {
        var election = LeaseElection(holder: holder("a", "2"), address: address("a"))
        _ = election.handle(.tick, nowMicroseconds: 0)
        let claim = election.handle(.read(.record(record(4, "a"))), nowMicroseconds: 1)
        #expect(claim.count == 1)
        _ = election.handle(.claimed(.superseded(record(5, "a"))), nowMicroseconds: 2)
        _ = election.handle(.tick, nowMicroseconds: 3 * seconds)
        let look = LeaseElection.Reading.record(record(5, "a"))
        #expect(election.handle(.read(look), nowMicroseconds: 3 * seconds) == [])
    }

    @Test func `one of two claims wins`() {
        var election = election("b")
        _ = election.handle(.tick, nowMicroseconds: 0)
        _ = election.handle(.read(.none), nowMicroseconds: 0)
        #expect(
            election.handle(.claimed(.superseded(record(1, "a"))), nowMicroseconds: 1)
                == [.leaderIs(record(1, "a"))]
        )
        #expect(election.epoch == nil)
    }

    @Test func `a claim whose answer was lost is found by looking`() {
        var election = election()
        _ = election.handle(.tick, nowMicroseconds: 0)
        _ = election.handle(.read(.none), nowMicroseconds: 1 * seconds)
        #expect(election.handle(.claimed(.unknown("")), nowMicroseconds: 3 * seconds) == [.read])
        #expect(
            election.handle(.read(.record(record(1, "a"))), nowMicroseconds: 4 * seconds)
                == [.leaderIs(record(1, "a")), .becameLeader(epoch: 1)]
        )
        // It counts from the look that found the epoch free.
        #expect(election.deadlineMicroseconds == 10 * seconds)
    }

    @Test func `a claim that is found too late is followed by one of the next epoch`() {
        var election = election()
        _ = election.handle(.tick, nowMicroseconds: 0)
        _ = election.handle(.read(.none), nowMicroseconds: 0)
        #expect(election.handle(.claimed(.done), nowMicroseconds: 10 * seconds) == [.read])
        let look = LeaseElection.Reading.record(record(1, "a"))
        #expect(
            election.handle(.read(look), nowMicroseconds: 10 * seconds)
                == [.claim(record(2, "a"))]
        )
        #expect(
            election.handle(.claimed(.done), nowMicroseconds: 11 * seconds)
                == [.leaderIs(record(2, "a")), .becameLeader(epoch: 2)]
        )
    }

    @Test func `claims that fail are paced`() {
        var election = election()
        _ = election.handle(.tick, nowMicroseconds: 0)
        #expect(election.handle(.read(.none), nowMicroseconds: 0).count == 1)
        #expect(election.handle(.claimed(.unknown("503")), nowMicroseconds: 1) == [.read])
        #expect(election.handle(.read(.none), nowMicroseconds: 2) == [])
        #expect(election.nextTickMicroseconds(2) == 1 + 2 * seconds)
        _ = election.handle(.tick, nowMicroseconds: 3 * seconds)
        #expect(election.handle(.read(.none), nowMicroseconds: 3 * seconds).count == 1)
    }

    @Test func `a leader that resigns releases its record and does nothing more`() {
        var election = leader()
        #expect(
            election.handle(.resign, nowMicroseconds: 1)
                == [.release(record(1, "a", renewals: 1, isReleased: true))]
        )
        #expect(election.handle(.tick, nowMicroseconds: 9 * seconds) == [])
        #expect(election.epoch == nil)
    }

    @Test func `a store that cannot hold elections ends them`() {
        var election = election()
        _ = election.handle(.tick, nowMicroseconds: 0)
        _ = election.handle(.read(.none), nowMicroseconds: 1)
        #expect(
            election.handle(.claimed(.unsupported("no conditions")), nowMicroseconds: 2)
                == [.failed(reason: "no conditions")]
        )
        #expect(election.epoch == nil)
        #expect(election.handle(.tick, nowMicroseconds: 100 * seconds) == [])
        #expect(election.nextTickMicroseconds(100 * seconds) == 102 * seconds)
        // Its own record is there, and is no reason to lead.
        #expect(
            election.handle(.read(.record(record(1, "a"))), nowMicroseconds: 101 * seconds) == []
        )
    }
}
