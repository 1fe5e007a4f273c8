import Core
package import JobGraph

/// The session's configuration: what `SET` and `-D` said, checked when it is set.
///
/// Keys and values are Flink's. Keys that change nothing here are accepted with a note; keys that
/// would change results and are not supported are refused.
package struct SessionSettings: Sendable {
    /// In the order in which they were first set.
    private(set) var entries: [(key: String, value: String)] = []
    /// The number of parallel instances, if it was set.
    package private(set) var parallelism: Int?
    /// The settings of the job.
    package private(set) var job = JobSettings()
    /// The settings that change plans.
    private(set) var plan = PlanSettings()
    private var restart = RestartSettings()
    /// What people should know of keys that were set, for the log.
    package private(set) var notes: [String] = []

    package init() {}

    /// Sets a key; a later value replaces an earlier one.
    package mutating func set(_ key: String, _ value: String) throws(PlannerError) {
        guard let setting = SettingCatalogue.all[key] else {
            try setUnknown(key, value)
            return
        }
        guard setting.apply(&self, value) else {
            throw PlannerError(
                "Invalid value '\(value)' for key '\(key)': expected \(setting.expected)."
            )
        }
        remember(key, value)
    }

    private mutating func setUnknown(_ key: String, _ value: String) throws(PlannerError) {
        if let reason = SettingCatalogue.refused[key] {
            guard value != reason.harmlessValue else { return }
            throw PlannerError("The key '\(key)' is not supported: \(reason.text)")
        }
        let isIgnored = SettingCatalogue.ignoredPrefixes.contains { key.hasPrefix($0) }
        if !isIgnored {
            let hint = NearestName.hint(key, in: SettingCatalogue.all.keys)
            notes.append("The key '\(key)' is unknown and has no effect.\(hint)")
        }
        remember(key, value)
    }

    private mutating func remember(_ key: String, _ value: String) {
        entries.removeAll { $0.key == key }
        entries.append((key, value))
    }

    /// Takes a key back to its default.
    package mutating func reset(_ key: String?) throws(PlannerError) {
        let kept = key.map { key in entries.filter { $0.key != key } } ?? []
        self = SessionSettings()
        for (key, value) in kept { try set(key, value) }
    }

    /// Refuses values that contradict each other.
    ///
    /// Keys may be set in any order: this is asked when all are.
    package func requireConsistent() throws(PlannerError) {
        try restart.requireConsistent()
    }
}

/// The settings that change how a query is planned.
struct PlanSettings: Sendable {
    enum UpsertMaterialize: String, Sendable {
        case auto
        case none
        case force
    }

    var timeZone = "UTC"
    /// Whether sources may deliver a change more than once.
    var cdcEventsDuplicate = false
    var notNullEnforcer = SinkSpec.NotNullEnforcer.error
    var lengthEnforcer = SinkSpec.LengthEnforcer.ignore
    var upsertMaterialize = UpsertMaterialize.auto
    /// Whether an INSERT must say what happens when rows claim one key.
    var requireOnConflict = true
}

extension SessionSettings {
    /// Changes the settings of the job.
    mutating func changeJob(_ body: (inout JobSettings) -> Void) -> Bool {
        body(&job)
        return true
    }

    /// Changes the settings of plans.
    mutating func changePlan(_ body: (inout PlanSettings) -> Void) -> Bool {
        body(&plan)
        return true
    }

    /// Changes what happens after failures.
    mutating func changeRestart(_ body: (inout RestartSettings) -> Void) -> Bool {
        body(&restart)
        job.restart = restart.strategy
        return true
    }

    mutating func setParallelism(_ value: Int) -> Bool {
        parallelism = value
        return true
    }

    mutating func setTimeZone(_ name: String) -> Bool {
        plan.timeZone = name
        job.timeZone = name
        return true
    }
}
