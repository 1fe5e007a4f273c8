/// The named limits of this module.
package enum MessageLimits {
    /// The slots of one task manager.
    package static let slots = 1...1024
    /// The processors of one task manager.
    package static let cpuCoresMax = 65_536
    /// The key groups of a job, and so its slots.
    package static let keyGroupsMax = 32_768
    /// A name or an address, in bytes of UTF-8.
    package static let textBytesMax = 4096
    /// No count, size or time in a message is larger: sums and differences of them fit.
    package static let countMax: Int64 = 1 << 53
    /// The most that a job manager may ask a task manager to wait for something: a year.
    package static let waitMicrosecondsMax: Int64 = 366 * 24 * 3_600_000_000
    /// What a slot adds to a deployment at most: the name of its task manager and where it is.
    package static let placeBytesMax = 1024
    /// What is left of a sentence that was too long to be sent.
    package static let cutCharactersMax = 1000
    /// The bits of a claim that count a leader's attempts at one job.
    package static let attemptBits: UInt64 = 24
}
