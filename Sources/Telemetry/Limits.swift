/// The named limits of this module.
enum TelemetryLimits {
    /// How far apart the readings are that rates are made of.
    static let readingMicroseconds: Int64 = 1_000_000
}
