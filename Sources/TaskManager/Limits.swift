/// The named limits of this module.
enum TaskManagerLimits {
    /// The first pause before a job manager is dialled again, and the longest.
    static let redialMicroseconds: Int64 = 100_000
    static let redialMicrosecondsMax: Int64 = 3_000_000
    /// How long the task managers of an attempt have to connect with each other.
    static let connectMicroseconds: Int64 = 10_000_000
    /// Messages that may wait for the control thread.
    static let mail = 1 << 20
    /// How long a job manager has to answer a registration.
    static let welcomeMicroseconds: Int64 = 10_000_000
    /// How often the control thread looks at the clock.
    static let tickMicroseconds: Int64 = 100_000
}
