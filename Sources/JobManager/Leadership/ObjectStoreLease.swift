import Core
import FoundationEssentials
package import ObjectStore

/// Records of leaders in an object store: one object for each epoch, claimed by a conditional put.
///
/// It needs what S3 promises since 2020: a listing that starts after a write returned shows it.
package struct ObjectStoreLease: LeaseStore {
    private let store: any ObjectStore
    private let layout: ClusterLayout

    package init(store: any ObjectStore, layout: ClusterLayout) {
        self.store = store
        self.layout = layout
    }

    package func read() -> LeaseElection.Reading {
        do throws(ObjectStoreError) {
            guard let newest = try newestEpoch() else { return .none }
            return .record(try record(newest))
        } catch {
            return .failed(error.message)
        }
    }

    package func claim(_ record: LeaderRecord) -> LeaseElection.Answer {
        do throws(ObjectStoreError) {
            try store.put(layout.leaderKey(record.epoch), Self.encode(record), ifAbsent: true)
        } catch {
            switch error.kind {
            case .exists: return superseded(record.epoch)
            case .unsupported: return .unsupported(error.message)
            case .notFound, .full, .failed: return .unknown(error.message)
            }
        }
        // An epoch whose object was pruned can be claimed once more: a higher one then exists.
        let answer = lookForHigher(than: record.epoch)
        if answer == .done { prune(below: record.epoch) }
        return answer
    }

    package func renew(_ record: LeaderRecord) -> LeaseElection.Answer {
        do throws(ObjectStoreError) {
            try store.put(layout.leaderKey(record.epoch), Self.encode(record), ifAbsent: false)
        } catch {
            return .unknown(error.message)
        }
        return lookForHigher(than: record.epoch)
    }

    package func release(_ record: LeaderRecord) {
        do throws(ObjectStoreError) {
            try store.put(layout.leaderKey(record.epoch), Self.encode(record), ifAbsent: false)
        } catch {
            // The next leader waits for the lease to run out instead.
            return
        }
    }

    private func newestEpoch() throws(ObjectStoreError) -> UInt64? {
        try store.list(layout.leaderFolder).compactMap { ClusterLayout.epoch(ofKey: $0.key) }.max()
    }

    private func lookForHigher(than epoch: UInt64) -> LeaseElection.Answer {
        do throws(ObjectStoreError) {
            guard let newest = try newestEpoch(), newest > epoch else { return .done }
            return superseded(newest)
        } catch {
            return .unknown(error.message)
        }
    }

    private func superseded(_ epoch: UInt64) -> LeaseElection.Answer {
        do throws(ObjectStoreError) {
            return .superseded(try record(epoch))
        } catch {
            // That it exists is all that counts.
            return .superseded(Self.unreadable(epoch, []))
        }
    }

    private func record(_ epoch: UInt64) throws(ObjectStoreError) -> LeaderRecord {
        let bytes = try store.get(layout.leaderKey(epoch))
        do {
            let record = try JSONDecoder().decode(LeaderRecord.self, from: Data(bytes))
            return record.epoch == epoch ? record : Self.unreadable(epoch, bytes)
        } catch {
            return Self.unreadable(epoch, bytes)
        }
    }

    /// A record that somebody else's hand or a fault has changed: it holds its epoch all the same,
    /// and counts as renewed when its bytes change.
    private static func unreadable(_ epoch: UInt64, _ bytes: [UInt8]) -> LeaderRecord {
        LeaderRecord(
            epoch: epoch,
            holder: LeaderRecord.Holder(name: "unknown", incarnation: ""),
            address: LeaderRecord.Address(control: "", rest: ""),
            renewals: UInt64(Checksum.of(bytes.span))
        )
    }

    private static func encode(_ record: LeaderRecord) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(record))
        } catch {
            preconditionFailure("a leader's record is text and numbers, and they encode: \(error)")
        }
    }

    /// Deletes the records of leaders that are long gone.
    private func prune(below epoch: UInt64) {
        do throws(ObjectStoreError) {
            let old = try store.list(layout.leaderFolder).filter { object in
                ClusterLayout.epoch(ofKey: object.key).map {
                    $0 + LeaderLimits.recordsKept < epoch
                } ?? false
            }
            if !old.isEmpty { try store.delete(old.map(\.key)) }
        } catch {
            // They are small, and the next leader tries again.
            return
        }
    }
}

/// The named limits of elections.
enum LeaderLimits {
    /// How many records of former leaders stay.
    static let recordsKept: UInt64 = 16
    /// Calls and answers that may wait; there is one at a time.
    static let mail = 64
}
