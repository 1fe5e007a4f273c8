import ClusterMessages
import ClusterProtocol
import Connectors
import Core
import JobManager
import ManagementAPI
import ObjectStore
import RESTServer
import S3Store
import Synchronization
import Telemetry
import Threads
import Transport

/// A running job manager: stands in the election, and leads while it has won it.
///
/// ```
/// standby ──won──▶ leading: control port open, jobs run ──lost──▶ standby
/// ```
final class JobManagerDaemon {
    private let start: DaemonStart
    private let options: ClusterOptions
    private let resources: ClusterResources
    private let service: ClusterService
    private let network: ClusterNetwork
    private let name: String
    private let controlPort: Int
    private let lease: LeaseOptions
    /// Opens the store of the lease: on connections of its own, so that a renewal never waits
    /// behind one that carries checkpoints.
    private let leases: StoreOpener
    /// What the election says, and what a term finds out.
    private enum Mail: Sendable {
        case election(LeadershipEvent)
        /// Another leader has taken over from the term of that epoch.
        case fenced(epoch: UInt64, reason: String)
    }

    private let mailbox = Mailbox<Mail>(bound: 1024)
    private var term: (host: ClusterHost, server: ControlServer)?

    init(
        _ start: DaemonStart,
        _ opener: StoreOpener,
        _ connectors: ConnectorRegistry
    ) throws {
        self.start = start
        let settings = start.settings
        let log = start.log
        var options = ClusterOptions(
            clusterID: try settings.required("high-availability.cluster-id"),
            checkpoints: try settings.required("execution.checkpointing.dir")
        )
        options.savepoints = settings.text("execution.checkpointing.savepoint-dir")
        options.defaultParallelism = try settings.integer("parallelism.default", 1...32_768)
        // Task managers are told these, and take no more.
        let longest = MessageLimits.waitMicrosecondsMax
        options.heartbeatMicroseconds = try settings.microseconds(
            "heartbeat.interval",
            most: longest
        )
        options.heartbeatTimeoutMicroseconds = try settings.microseconds(
            "heartbeat.timeout",
            most: longest
        )
        guard options.heartbeatMicroseconds * 4 <= options.heartbeatTimeoutMicroseconds else {
            throw SettingsError(
                "'heartbeat.timeout' must be at least four times 'heartbeat.interval'."
            )
        }
        options.cancellationMicroseconds = try settings.microseconds(
            "task.cancellation.timeout",
            most: longest
        )
        options.jobExpirationMicroseconds = try settings.microseconds("jobstore.expiration-time")
        if settings.text("jobstore.max-capacity") != nil {
            options.endedJobsMax = try settings.integer("jobstore.max-capacity", 0...Int(Int32.max))
        }
        self.options = options
        // Now, and not once it leads: a standby that cannot lead would be of no use.
        controlPort = try settings.integer("jobmanager.rpc.port", 1...65_535)
        lease = try Self.lease(settings)
        name =
            settings.text("jobmanager.name") ?? "\(DaemonStart.hostName)-\(ProcessFacts.id)"
        resources = ClusterResources(
            connectors: connectors,
            store: try opener.open(options.checkpoints),
            stores: opener,
            time: start.time,
            log: { log.write($0, $1) },
            logLines: { log.lines(after: $0, limit: $1) }
        )
        resources.store.removeAbandoned()
        // A call that hangs is given up in time for the next one to renew the lease; a store that is
        // slow, but answers, has as much time as that leaves.
        leases = opener.impatient(
            timeoutMicroseconds: max(
                DaemonLimits.leaseCallMicrosecondsMin,
                try settings.microseconds("high-availability.renew-deadline") * 2 / 5
            )
        )
        service = ClusterService(
            options,
            connectors: connectors,
            time: start.time,
            version: ProductVersion.text,
            logLines: { log.lines(after: $0, limit: $1) }
        )
        network = try start.network(
            NetworkIdentity(role: .jobManager, id: name, softwareVersion: ProductVersion.text)
        )
    }

    /// Runs until it is told to stop.
    func run(until isStopped: () -> Bool) throws {
        defer { network.close() }
        defer { leases.close() }
        let rest = try serveREST()
        let elector = try elector(rest.address)
        start.log.write(
            .info,
            "Job manager '\(name)' of cluster '\(options.clusterID)': REST at \(rest.address), "
                + "checkpoints in \(resources.store.location)."
        )
        elector.start()
        var mail: [Mail] = []
        while !isStopped() {
            mailbox.drain(into: &mail)
            for message in mail { try handle(message) }
            if mail.isEmpty {
                mailbox.wait(forMicroseconds: DaemonLimits.signalMicroseconds)
            }
            mail.removeAll(keepingCapacity: true)
        }
        start.log.write(.info, "Stopping.")
        endTerm()
        elector.resign(waitingMicroseconds: DaemonLimits.resignMicroseconds)
        try Awaiting.run { await rest.stop() }
        start.log.write(.info, "Stopped. Jobs go on with the next job manager.")
    }

    private func serveREST() throws -> RESTServer {
        let options = try start.restOptions(hostKey: "rest.bind-address", portKey: "rest.port")
        let service = service
        let network = network
        let name = name
        let started = start.time.nowMicroseconds
        return try Awaiting.run {
            try await RESTServer.start(
                options,
                service: service,
                metrics: {
                    MetricsText.write(
                        ProcessMetrics.samples(
                            version: ProductVersion.text,
                            startedMicroseconds: started
                        ) + network.figures.samples + (await service.samples(host: name))
                    )
                },
                readiness: {
                    switch await service.leadership() {
                    case .leading: .ready
                    case .standby(let leader):
                        Readiness(
                            isReady: true,
                            message: "stands by; the leader is \(leader ?? "not known")"
                        )
                    }
                }
            )
        }
    }

    /// Where people reach the REST interface: standbys send them there.
    private func restAddress(boundTo bound: String) throws(SettingsError) -> String {
        RESTAddress.advertised(
            start.settings.text("rest.address"),
            bound: bound,
            otherwise: try start.settings.required("jobmanager.rpc.address")
        )
    }

    private static func lease(_ settings: Settings) throws(SettingsError) -> LeaseOptions {
        let duration = try settings.microseconds("high-availability.lease-duration")
        let deadline = try settings.microseconds("high-availability.renew-deadline")
        let period = try settings.microseconds("high-availability.retry-period")
        guard period < deadline, deadline < duration else {
            throw SettingsError(
                "'high-availability' needs retry-period < renew-deadline < lease-duration."
            )
        }
        return LeaseOptions(
            leaseDurationMicroseconds: duration,
            renewDeadlineMicroseconds: deadline,
            retryPeriodMicroseconds: period
        )
    }

    private func elector(_ bound: String) throws -> LeaderElector {
        let settings = start.settings
        let control = "\(try settings.required("jobmanager.rpc.address")):\(controlPort)"
        let mailbox = mailbox
        return LeaderElector(
            LeaseElection(
                holder: LeaderRecord.Holder(
                    name: name,
                    incarnation: String(UInt64.random(in: 0 ... .max), radix: 16)
                ),
                address: LeaderRecord.Address(
                    control: control,
                    rest: try restAddress(boundTo: bound)
                ),
                options: lease
            ),
            lease: ObjectStoreLease(
                store: try leases.open(options.checkpoints),
                layout: ClusterLayout(clusterID: options.clusterID)
            ),
            time: start.time,
            events: { mailbox.send(.election($0)) }
        )
    }

    private func handle(_ mail: Mail) throws {
        switch mail {
        case .election(let event): try handle(event)
        case .fenced(let epoch, let reason):
            guard term?.host.leaderEpoch == epoch else { return }
            start.log.write(.warning, "Leadership is lost: \(reason)")
            endTerm()
        }
    }

    private func handle(_ event: LeadershipEvent) throws {
        switch event {
        case .becameLeader(let epoch):
            endTerm()
            try beginTerm(epoch)
        case .lostLeadership(let reason):
            start.log.write(.warning, "Leadership is lost: \(reason)")
            endTerm()
        case .leaderIs(let record):
            // Its own record, left over from a term that has ended, leads nobody anywhere.
            service.note(record.flatMap { $0.holder.name == name ? nil : $0 })
            if let record, term == nil {
                start.log.write(
                    .info,
                    "The leader is '\(record.holder)' in epoch \(record.epoch), "
                        + "\(record.address.rest)."
                )
            }
        case .failed(let reason): throw ObjectStoreError(.unsupported, reason)
        }
    }

    private func beginTerm(_ epoch: UInt64) throws {
        let mailbox = mailbox
        let host = ClusterHost(
            options,
            resources,
            leaderEpoch: epoch,
            onFenced: { mailbox.send(.fenced(epoch: epoch, reason: $0)) }
        )
        host.start()
        let server = try ControlServer.listen(
            network,
            host: try start.settings.required("jobmanager.bind-host"),
            port: controlPort,
            accepting: [.taskManager],
            onConnect: { host.connected($0) }
        )
        term = (host, server)
        service.lead(host)
        start.log.write(
            .info,
            "Leads the cluster in epoch \(epoch); control port \(server.port)."
        )
    }

    private func endTerm() {
        guard let term else { return }
        service.lead(nil)
        term.server.close()
        term.host.stop()
        self.term = nil
    }
}
