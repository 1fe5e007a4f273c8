import Core
import JobManager
import ObjectStore
import S3Store
import Synchronization
import Testing
import Threads

/// An election over S3 whose connections fail.
@Suite struct LeaseConnectionTests {
    /// The part of S3 that one leader needs: its claim, its renewals, and the list of claims.
    private final class Election: Sendable {
        private struct State {
            var claims: Set<String> = []
            var renewals = 0
        }

        private let state = Mutex(State())
        private let silentRenewal: Int

        /// - Parameter silentRenewal: the number of the renewal that is never answered.
        init(silentRenewal: Int) {
            self.silentRenewal = silentRenewal
        }

        var renewals: Int { state.withLock { $0.renewals } }

        func reply(_ request: ReceivedRequest) -> Reply {
            state.withLock { state in
                guard request.method == "PUT" else { return Self.list(state.claims) }
                let key = String(request.path.dropFirst("/bucket/base/".count))
                if request.headers["if-none-match"] != nil {
                    let isNew = state.claims.insert(key).inserted
                    return isNew ? .answer(200) : .error(412, "PreconditionFailed")
                }
                state.renewals += 1
                return state.renewals == silentRenewal ? .hang : .answer(200)
            }
        }

        private static func list(_ keys: Set<String>) -> Reply {
            let entries = keys.sorted().map {
                "<Contents><Key>base/\($0)</Key><Size>1</Size></Contents>"
            }
            return .xml("<ListBucketResult>\(entries.joined())</ListBucketResult>")
        }
    }

    private final class Told: Sendable {
        let events = Mutex<[LeadershipEvent]>([])
    }

    @Test func `one renewal that is never answered does not cost the leadership`() throws {
        let election = Election(silentRenewal: 2)
        let server = try ScriptedServer { _, request in election.reply(request) }
        defer { server.stop() }
        let opener = StoreOpener(options: .changed { $0.endpoint = server.endpoint })
        defer { opener.close() }
        let leases = opener.impatient(timeoutMicroseconds: 1_000_000)
        defer { leases.close() }
        let told = Told()
        let elector = LeaderElector(
            LeaseElection(
                holder: LeaderRecord.Holder(name: "a", incarnation: "1"),
                address: LeaderRecord.Address(control: "a", rest: "a"),
                options: LeaseOptions(
                    leaseDurationMicroseconds: 40_000_000,
                    renewDeadlineMicroseconds: 20_000_000,
                    retryPeriodMicroseconds: 50_000
                )
            ),
            lease: ObjectStoreLease(
                store: try leases.open("s3://bucket/base"),
                layout: ClusterLayout(clusterID: "c1")
            ),
            time: SystemTime(),
            events: { event in told.events.withLock { $0.append(event) } }
        )
        elector.start()
        // Less than the 60 s of silence after which a call of checkpoints gives up.
        for _ in 0..<3000 where election.renewals < 5 {
            ThreadSignal().wait(forMicroseconds: 10_000)
        }
        #expect(election.renewals >= 5)
        #expect(elector.currentEpoch == 1)
        let hasLost = told.events.withLock { events in
            events.contains { if case .lostLeadership = $0 { true } else { false } }
        }
        #expect(!hasLost)
        elector.resign()
    }

    @Test func `calls of a lease end soon and keep their second attempt`() {
        var options = S3Options()
        options.attemptsMax = 1
        options.idleMicroseconds = 500_000
        let lease = options.impatient(timeoutMicroseconds: 2_000_000)
        #expect(lease.attemptsMax == 2)
        #expect(lease.idleMicroseconds == 500_000)
        #expect(lease.connectMicroseconds == 2_000_000)
        #expect(lease.requestMicroseconds == 2_000_000)
        #expect(lease.pauseMaximumMicroseconds == 2_000_000)
    }
}
