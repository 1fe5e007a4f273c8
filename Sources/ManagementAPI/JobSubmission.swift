/// A job to start, the body of `POST /jobs`, with the words of Flink's `/jars/:jarid/run`.
package struct JobSubmission: Codable, Hashable, Sendable {
    /// The script.
    package var sql: String
    /// The name of the job; the script's `pipeline.name` if absent.
    package var name: String?
    /// The number of slots; the script's `parallelism.default` if absent.
    package var parallelism: Int?
    /// Settings as SET does, before those of the script.
    package var settings: [String: String]
    /// Where to start from: a savepoint or checkpoint.
    package var fromSavepoint: String?
    /// Whether state that nobody takes is dropped.
    package var allowNonRestoredState: Bool

    private enum CodingKeys: String, CodingKey {
        case sql
        case name
        case parallelism
        case settings
        case fromSavepoint = "savepointPath"
        case allowNonRestoredState
    }

    package init(
        sql: String,
        name: String? = nil,
        parallelism: Int? = nil,
        settings: [String: String] = [:],
        fromSavepoint: String? = nil,
        allowNonRestoredState: Bool = false
    ) {
        self.sql = sql
        self.name = name
        self.parallelism = parallelism
        self.settings = settings
        self.fromSavepoint = fromSavepoint
        self.allowNonRestoredState = allowNonRestoredState
    }

    /// Reads a submission; everything but the script may be left out.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sql = try container.decode(String.self, forKey: .sql)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        parallelism = try container.decodeIfPresent(Int.self, forKey: .parallelism)
        settings =
            try container.decodeIfPresent([String: String].self, forKey: .settings) ?? [:]
        fromSavepoint = try container.decodeIfPresent(String.self, forKey: .fromSavepoint)
        allowNonRestoredState =
            try container.decodeIfPresent(Bool.self, forKey: .allowNonRestoredState) ?? false
    }
}

/// The answer of `POST /jobs`: the job exists and will be started.
package struct SubmittedJob: Codable, Hashable, Sendable {
    /// The job id: 32 hexadecimal digits.
    package var id: String
    /// The path of the job, as Flink answers.
    package var url: String
    /// The name that the job got.
    package var name: String
    /// The number of its slots.
    package var parallelism: Int
    /// What each sink promises.
    package var guarantees: [String]
    /// What people should know of their settings.
    package var notes: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "jobid"
        case url = "jobUrl"
        case name
        case parallelism
        case guarantees
        case notes
    }

    package init(
        id: String,
        url: String,
        name: String,
        parallelism: Int,
        guarantees: [String] = [],
        notes: [String] = []
    ) {
        self.id = id
        self.url = url
        self.name = name
        self.parallelism = parallelism
        self.guarantees = guarantees
        self.notes = notes
    }
}
