/// The named limits of this module.
enum ManagerLimits {
    /// How often the coordinator looks at the clock.
    static let tickMicroseconds: Int64 = 5000
    /// Events that may wait for the coordinator.
    static let events = 1 << 20
}
