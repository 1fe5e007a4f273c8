/// Decides when a job manager leads: a pure state machine over any store of records.
///
/// ```
///              unchanged for the lease duration, released, none
/// watching ───────────────────────────────────────────────────▶ claiming
///  ▲ ▲  │                                         lost, unknown  │   │ won
///  │ └──│─────────────────────────────────────────────────────────┘   ▼
///  │    └─── own claim found, its answer was lost ──────────────▶ leading ───────▶ stopped
///  └──────────────────────────────────── higher epoch, deadline ────┘      resign
/// ```
/// A store that does not honour conditions ends a claim, and with it the election: `stopped`.
///
/// Times are of this process's monotonic clock; clocks of several machines are never compared.
/// What makes two leaders at a time impossible, as long as clocks run at about the same speed: a
/// leader stops `renewDeadline` after the *start* of the last renewal that worked, and another
/// claims only after a look at the record that *started* `leaseDuration` after that renewal was
/// first *seen*, and found it unchanged. A process that sleeps between a decision and its effect
/// breaks that; so all that a leader writes is fenced by the epoch as well.
package struct LeaseElection: Sendable {
    /// What a look at the record found.
    package enum Reading: Hashable, Sendable {
        case record(LeaderRecord)
        /// Nobody has ever claimed.
        case none
        case failed(String)
    }

    /// How a claim or a renewal ended.
    package enum Answer: Hashable, Sendable {
        case done
        /// Another holds this epoch or a higher one.
        case superseded(LeaderRecord)
        /// It may have worked or not.
        case unknown(String)
        /// The store cannot hold elections: what was written proves nothing.
        case unsupported(String)
    }

    /// What happens.
    package enum Event: Hashable, Sendable {
        case tick
        case read(Reading)
        case claimed(Answer)
        case renewed(Answer)
        /// The process stops and has done its last deed as a leader.
        case resign
    }

    /// What is to be done; there is one call to the store at a time.
    package enum Action: Hashable, Sendable {
        case read
        /// Write the record if its epoch is not taken.
        case claim(LeaderRecord)
        /// Overwrite the own record, and look for a higher epoch.
        case renew(LeaderRecord)
        /// Overwrite the own record for the last time; the answer does not matter.
        case release(LeaderRecord)
        case becameLeader(epoch: UInt64)
        case lostLeadership(reason: String)
        /// The record of the leader that others should talk to; nil when it is gone.
        case leaderIs(LeaderRecord?)
        /// There can be no election: this process is of no use.
        case failed(reason: String)
    }

    private enum Phase: Hashable {
        case watching
        /// The time is that of the look that found the epoch free: the record appears later.
        case claiming(LeaderRecord, startedMicroseconds: Int64)
        case leading(LeaderRecord, renewedMicroseconds: Int64)
        case stopped
    }

    private let holder: LeaderRecord.Holder
    private let address: LeaderRecord.Address
    private let options: LeaseOptions
    private var phase = Phase.watching
    private var isCallOutstanding = false
    private var callStartedMicroseconds: Int64 = .min / 2
    /// The newest record of another, and when it was first seen as it is.
    private var seen: (record: LeaderRecord, sinceMicroseconds: Int64)?
    private var announced: LeaderRecord?
    private var hasLooked = false
    /// The newest own claim, and when the look that found its epoch free was started.
    private var ownClaim: (epoch: UInt64, startedMicroseconds: Int64)?
    private var lastClaimMicroseconds: Int64 = .min / 2
    /// The epoch that this process led last.
    private var ledEpoch: UInt64 = 0
    /// Whether an own claim that came too late may be followed by another one at once: once in a
    /// row, so that a sick job manager leaves others their turn.
    private var mayFollowOwn = true

    /// A job manager that stands by.
    ///
    /// - Parameters:
    ///   - holder: its name; another holder of that name is an earlier run of the same program,
    ///     which is known to be over, so its lease is not waited for at the start.
    ///   - address: where it is reached when it leads.
    ///   - options: the times.
    package init(
        holder: LeaderRecord.Holder,
        address: LeaderRecord.Address,
        options: LeaseOptions = LeaseOptions()
    ) {
        self.holder = holder
        self.address = address
        self.options = options
    }

    /// The epoch that this process leads, whatever the time; nil when it does not lead.
    package var epoch: UInt64? {
        if case .leading(let record, _) = phase { record.epoch } else { nil }
    }

    /// Until when this process leads unless it renews; nil when it does not lead.
    package var deadlineMicroseconds: Int64? {
        guard case .leading(_, let renewed) = phase else { return nil }
        return renewed + options.renewDeadlineMicroseconds
    }

    /// When the next tick has something to do.
    package func nextTickMicroseconds(_ now: Int64) -> Int64 {
        let call =
            isCallOutstanding || phase == .stopped
            ? now + options.retryPeriodMicroseconds
            : callStartedMicroseconds + options.retryPeriodMicroseconds
        return max(now, min(call, deadlineMicroseconds ?? .max))
    }

    package mutating func handle(_ event: Event, nowMicroseconds now: Int64) -> [Action] {
        if phase == .stopped { return [] }
        switch event {
        case .tick: return expire(now) + call(now)
        case .read(let reading):
            let started = endCall()
            return expire(now) + look(reading, started, now)
        case .claimed(let answer):
            endCall()
            return claimed(answer, now)
        case .renewed(let answer):
            let started = endCall()
            return renewed(answer, started, now)
        case .resign: return resign()
        }
    }

    /// The call to the store has returned; the result is when it was started.
    @discardableResult
    private mutating func endCall() -> Int64 {
        isCallOutstanding = false
        return callStartedMicroseconds
    }

    private mutating func startCall(_ action: Action, _ now: Int64) -> [Action] {
        isCallOutstanding = true
        callStartedMicroseconds = now
        return [action]
    }

    /// Starts the next call if it is time for one.
    private mutating func call(_ now: Int64) -> [Action] {
        guard !isCallOutstanding,
            now >= callStartedMicroseconds + options.retryPeriodMicroseconds
        else { return [] }
        switch phase {
        case .watching: return startCall(.read, now)
        case .leading(var record, let renewed):
            record.renewals += 1
            phase = .leading(record, renewedMicroseconds: renewed)
            return startCall(.renew(record), now)
        case .claiming, .stopped: return []
        }
    }

    /// Stops leading when the lease could not be renewed in time.
    private mutating func expire(_ now: Int64) -> [Action] {
        guard let deadlineMicroseconds, now >= deadlineMicroseconds else { return [] }
        let seconds = options.renewDeadlineMicroseconds / 1_000_000
        return stepDown("the lease could not be renewed for \(seconds) s (renew-deadline)", nil)
    }

    private mutating func stepDown(_ reason: String, _ successor: LeaderRecord?) -> [Action] {
        phase = .watching
        // What of the own epoch still shows up, such as a late renewal, is as another's: the right
        // to lead it is over.
        ownClaim = nil
        seen = nil
        return [.lostLeadership(reason: reason)] + announce(successor)
    }

    private mutating func announce(_ record: LeaderRecord?) -> [Action] {
        guard record?.epoch != announced?.epoch || record?.address != announced?.address else {
            return []
        }
        announced = record
        return [.leaderIs(record)]
    }
}

// Looking at the record, claiming, renewing.
extension LeaseElection {
    private mutating func look(
        _ reading: Reading,
        _ started: Int64,
        _ now: Int64
    ) -> [Action] {
        guard case .watching = phase else { return [] }
        switch reading {
        case .failed: return []
        case .none:
            hasLooked = true
            return claim(1, started, now)
        case .record(let record): return look(record, started, now)
        }
    }

    private mutating func look(
        _ record: LeaderRecord,
        _ started: Int64,
        _ now: Int64
    ) -> [Action] {
        let isFirst = !hasLooked
        hasLooked = true
        if record.holder == holder, let ownClaim, ownClaim.epoch == record.epoch,
            now < ownClaim.startedMicroseconds + options.renewDeadlineMicroseconds
        {
            // The claim worked and its answer was lost; others have waited for less than a lease.
            return lead(record, ownClaim.startedMicroseconds)
        }
        if record != seen?.record { seen = (record, now) }
        let isOwnName = isFirst && record.holder.name == holder.name && record.holder != holder
        let since = seen?.sinceMicroseconds ?? now
        // An own claim came too late to lead by: nobody leads in that epoch, and nobody can.
        let isLate = record.holder == holder && record.epoch != ledEpoch && mayFollowOwn
        if record.isReleased || isOwnName || isLate
            || started >= since + options.leaseDurationMicroseconds
        {
            let actions = announce(nil) + claim(record.epoch + 1, started, now)
            if isLate, case .claiming = phase { mayFollowOwn = false }
            return actions
        }
        return announce(record)
    }

    private mutating func claim(_ epoch: UInt64, _ started: Int64, _ now: Int64) -> [Action] {
        guard now >= lastClaimMicroseconds + options.retryPeriodMicroseconds else { return [] }
        lastClaimMicroseconds = now
        let record = LeaderRecord(epoch: epoch, holder: holder, address: address)
        phase = .claiming(record, startedMicroseconds: started)
        ownClaim = (epoch, started)
        return startCall(.claim(record), now)
    }

    private mutating func claimed(_ answer: Answer, _ now: Int64) -> [Action] {
        guard case .claiming(let record, let started) = phase else { return [] }
        phase = .watching
        switch answer {
        case .done where now < started + options.renewDeadlineMicroseconds:
            return lead(record, started)
        case .superseded(let other) where other.holder != holder:
            ownClaim = nil
            seen = (other, now)
            return other.isReleased ? [] : announce(other)
        case .unsupported(let reason):
            phase = .stopped
            ownClaim = nil
            return [.failed(reason: reason)]
        case .done, .superseded, .unknown:
            // Find out at once who has the epoch: perhaps this process.
            return startCall(.read, now)
        }
    }

    private mutating func lead(_ record: LeaderRecord, _ startedMicroseconds: Int64) -> [Action] {
        phase = .leading(record, renewedMicroseconds: startedMicroseconds)
        ownClaim = nil
        seen = nil
        ledEpoch = record.epoch
        mayFollowOwn = true
        return announce(record) + [.becameLeader(epoch: record.epoch)]
    }

    private mutating func renewed(
        _ answer: Answer,
        _ started: Int64,
        _ now: Int64
    ) -> [Action] {
        guard case .leading(let record, _) = phase else { return [] }
        switch answer {
        case .done:
            phase = .leading(record, renewedMicroseconds: started)
            return expire(now)
        case .unknown, .unsupported: return expire(now)
        case .superseded(let other):
            return stepDown(
                "'\(other.holder)' has taken over with epoch \(other.epoch)",
                other.isReleased ? nil : other
            )
        }
    }

    private mutating func resign() -> [Action] {
        let former = phase
        phase = .stopped
        guard case .leading(var record, _) = former else { return [] }
        record.renewals += 1
        record.isReleased = true
        return [.release(record)]
    }
}
