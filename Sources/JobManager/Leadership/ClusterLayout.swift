package import Core

/// The names of a cluster's objects in the store.
///
/// ```
/// <cluster-id>/leader/<epoch>                        who leads or led; the highest epoch counts
/// <cluster-id>/jobs/<job-id>/<epoch>-<version>       the registry; the highest pair counts
/// <cluster-id>/adopted/<epoch>                       this leader has rewritten the registry
/// ```
/// Numbers are padded, so that names sort as they do. The bucket must be private: the registry
/// holds the SQL texts of jobs, with the passwords that their tables name.
package struct ClusterLayout: Hashable, Sendable {
    package let clusterID: String

    package init(clusterID: String) {
        self.clusterID = clusterID
    }

    package var leaderFolder: String { "\(clusterID)/leader/" }
    package var jobsFolder: String { "\(clusterID)/jobs/" }
    package var adoptedFolder: String { "\(clusterID)/adopted/" }

    package func leaderKey(_ epoch: UInt64) -> String { leaderFolder + Self.padded(epoch) }

    package func adoptedKey(_ epoch: UInt64) -> String { adoptedFolder + Self.padded(epoch) }

    package func jobFolder(_ job: JobID) -> String { "\(jobsFolder)\(job)/" }

    package func recordKey(_ job: JobID, _ revision: RecordRevision) -> String {
        "\(jobFolder(job))\(Self.padded(revision.epoch))-\(Self.padded(revision.version))"
    }

    /// The number that an object of `leaderFolder` or `adoptedFolder` is named for.
    package static func epoch(ofKey key: String) -> UInt64? {
        key.split(separator: "/").last.flatMap { UInt64($0) }
    }

    /// The job and revision of a record's name.
    package func record(ofKey key: String) -> (job: JobID, revision: RecordRevision)? {
        guard key.hasPrefix(jobsFolder) else { return nil }
        let parts = key.dropFirst(jobsFolder.count).split(separator: "/")
        guard parts.count == 2 else { return nil }
        let numbers = parts[1].split(separator: "-")
        guard numbers.count == 2, let epoch = UInt64(numbers[0]), let version = UInt64(numbers[1])
        else { return nil }
        return (JobID(text: String(parts[0])), RecordRevision(epoch: epoch, version: version))
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }
}

/// The order of the versions of one record: those of a later leader come after all of an earlier.
package struct RecordRevision: Hashable, Sendable, Comparable {
    package let epoch: UInt64
    package let version: UInt64

    package init(epoch: UInt64, version: UInt64) {
        self.epoch = epoch
        self.version = version
    }

    package static func < (left: RecordRevision, right: RecordRevision) -> Bool {
        (left.epoch, left.version) < (right.epoch, right.version)
    }
}
