package import Core
package import Logging
package import ObjectStore
import Synchronization

/// Opens object stores by their location; one for each process.
///
/// All stores share the connections and the credentials. `close` ends what is under way; stores
/// that were opened fail from then on. Without it the connections end with the last of them.
package final class StoreOpener: StoreOpening {
    private let options: S3Options
    private let time: any TimeSource
    private let log: Logger
    private let pause: @Sendable (Int64, Cancellation) -> Void

    /// What is made when the first `s3://` is opened: a job without one needs no sockets.
    private struct Shared {
        let transport: HTTPTransport
        let credentials: CredentialsCache
    }

    private struct State {
        var shared: Shared?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - options: how S3 is reached.
    ///   - time: the clock; for tests.
    ///   - log: where degraded work is told.
    ///   - pause: waits so many microseconds between attempts, unless cancelled; for tests.
    package init(
        options: S3Options,
        time: any TimeSource = SystemTime(),
        log: Logger = Logger(label: "apus.s3"),
        pause: @escaping @Sendable (Int64, Cancellation) -> Void = { microseconds, cancellation in
            cancellation.pause(forMicroseconds: microseconds)
        }
    ) {
        self.options = options
        self.time = time
        self.log = log
        self.pause = pause
    }

    /// Makes an opener whose calls end soon, on connections of its own: for what is repeated anyway
    /// and must not wait, such as a lease.
    ///
    /// - Parameter timeoutMicroseconds: how long one attempt may take; there are two.
    /// - Returns: the opener, which the caller closes.
    package func impatient(timeoutMicroseconds: Int64) -> StoreOpener {
        StoreOpener(
            options: options.impatient(timeoutMicroseconds: timeoutMicroseconds),
            time: time,
            log: log,
            pause: pause
        )
    }

    /// Opens the store of a location: `s3://bucket/prefix`, `file:///path` or an absolute path.
    ///
    /// Nothing is sent: whether a bucket can be used shows with the first call.
    package func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore {
        try open(StoreLocation(location))
    }

    package func open(_ location: StoreLocation) throws(ObjectStoreError) -> any ObjectStore {
        switch location {
        case .directory(let path):
            return try DirectoryStore(path: path, time: time)
        case .s3(let bucket, let prefix):
            let address = try S3Address(bucket: bucket, prefix: prefix, options: options)
            let shared = try shared(region: address.region)
            return S3Store(
                S3Client(
                    address: address,
                    options: options,
                    transport: shared.transport,
                    credentials: shared.credentials,
                    time: time,
                    log: log,
                    pause: pause
                )
            )
        }
    }

    /// What requests of this process are signed with; fetched when it is first asked for.
    package func credentials() throws(ObjectStoreError) -> CredentialsCache {
        try shared(region: options.region ?? S3Limits.defaultRegion).credentials
    }

    private func shared(region: String) throws(ObjectStoreError) -> Shared {
        let result = state.withLock { state -> Result<Shared, ObjectStoreError> in
            if state.isClosed {
                return .failure(ObjectStoreError(.failed, "the object stores were closed"))
            }
            if let shared = state.shared { return .success(shared) }
            do throws(ObjectStoreError) {
                let shared = try make(region: region)
                state.shared = shared
                return .success(shared)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func make(region: String) throws(ObjectStoreError) -> Shared {
        let transport = try HTTPTransport(options)
        let provider = CredentialsChain.standard(
            options,
            region: region,
            request: CredentialsRequest(transport: transport, pause: pause)
        )
        return Shared(
            transport: transport,
            credentials: CredentialsCache(provider, time: time, log: log)
        )
    }

    /// Ends what is under way and closes all connections.
    package func close() {
        let shared = state.withLock { state -> Shared? in
            defer { state = State(shared: nil, isClosed: true) }
            return state.shared
        }
        shared?.transport.close()
    }
}
