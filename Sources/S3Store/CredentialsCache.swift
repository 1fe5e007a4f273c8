package import Core
package import Logging
package import ObjectStore
import Synchronization

/// Keeps credentials until shortly before they expire.
///
/// One thread fetches new ones while the others go on with the old ones. When that fails, the old
/// ones serve as long as they are valid, and the next fetch waits longer each time.
package final class CredentialsCache: Sendable {
    private struct State {
        var current: Credentials?
        var backoff = Backoff(
            initialMicroseconds: S3Limits.refreshPauseInitialMicroseconds,
            maximumMicroseconds: S3Limits.refreshPauseMaximumMicroseconds
        )
        /// No fetch before this time; of the monotonic clock.
        var nextFetchMicroseconds = Int64.min
        var failure: ObjectStoreError?
    }

    private let provider: any CredentialProvider
    private let time: any TimeSource
    private let log: Logger
    private let state = Mutex(State())
    /// Held by the thread that fetches.
    private let fetching = Mutex(())

    package init(
        _ provider: any CredentialProvider,
        time: any TimeSource = SystemTime(),
        log: Logger = Logger(label: "apus.s3")
    ) {
        self.provider = provider
        self.time = time
        self.log = log
    }

    /// Credentials that are valid now.
    package func current() throws(ObjectStoreError) -> Credentials {
        if let valid = state.withLock({ $0.current }), isValid(valid) {
            if isFresh(valid) || !mayFetch { return valid }
            let fetched = fetching.withLockIfAvailable { _ in fetch() }
            if case .success(let new)? = fetched { return new }
            return valid
        }
        return try fetching.withLock { _ -> Result<Credentials, ObjectStoreError> in
            // Another thread may have been faster.
            if let valid = state.withLock({ $0.current }), isValid(valid) { return .success(valid) }
            if !mayFetch, let failure = state.withLock({ $0.failure }) { return .failure(failure) }
            return fetch()
        }.get()
    }

    /// Forgets credentials that the store called expired.
    ///
    /// - Returns: whether others can be had.
    package func expire(_ old: Credentials) -> Bool {
        state.withLock { state in
            if state.current == old {
                state.current = nil
                state.nextFetchMicroseconds = .min
            }
        }
        return old.expiresMicroseconds != nil || old.sessionToken != nil
    }

    private var mayFetch: Bool {
        time.monotonicMicroseconds >= state.withLock { $0.nextFetchMicroseconds }
    }

    private func isValid(_ credentials: Credentials) -> Bool {
        guard let end = credentials.expiresMicroseconds else { return true }
        return time.nowMicroseconds < end
    }

    private func isFresh(_ credentials: Credentials) -> Bool {
        guard let end = credentials.expiresMicroseconds else { return true }
        return time.nowMicroseconds < end - S3Limits.refreshAheadMicroseconds
    }

    /// Asks the provider; the caller holds `fetching`.
    private func fetch() -> Result<Credentials, ObjectStoreError> {
        let result: Result<Credentials, ObjectStoreError>
        do throws(ObjectStoreError) {
            guard let credentials = try provider.load() else {
                throw ObjectStoreError(.failed, "there are no credentials: \(provider.source)")
            }
            guard isValid(credentials) else {
                throw ObjectStoreError(
                    .failed,
                    isRetryable: true,
                    "the credentials from \(credentials.source) have expired already"
                )
            }
            result = .success(credentials)
        } catch {
            result = .failure(error)
        }
        record(result)
        return result
    }

    private func record(_ result: Result<Credentials, ObjectStoreError>) {
        let now = time.monotonicMicroseconds
        state.withLock { state in
            switch result {
            case .success(let credentials):
                state.current = credentials
                state.failure = nil
                state.backoff.reset()
                // Short-lived ones are not asked for again and again.
                state.nextFetchMicroseconds = now + S3Limits.refreshPauseInitialMicroseconds
            case .failure(let error):
                var generator = SystemRandomNumberGenerator()
                state.failure = error
                let pause = state.backoff.nextMicroseconds(using: &generator)
                state.nextFetchMicroseconds = now + pause
            }
        }
        if case .failure(let error) = result {
            log.warning("credentials were not refreshed", metadata: ["reason": "\(error)"])
        }
    }
}
