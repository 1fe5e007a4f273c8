/// What a dashboard needs to know: `GET /config` (Flink's DashboardConfiguration).
package struct ClusterConfiguration: Codable, Hashable, Sendable {
    /// How often a dashboard should ask again.
    package var refreshIntervalMilliseconds: Int64
    /// The name of the server's time zone.
    package var timeZoneName: String
    /// Its distance from UTC.
    package var timeZoneOffsetMilliseconds: Int
    /// The version of Flink whose dialect and interface are followed.
    package var flinkVersion: String
    /// The commit of this build and its date.
    package var flinkRevision: String
    /// What may be done through this interface.
    package var features: Features

    private enum CodingKeys: String, CodingKey {
        case refreshIntervalMilliseconds = "refresh-interval"
        case timeZoneName = "timezone-name"
        case timeZoneOffsetMilliseconds = "timezone-offset"
        case flinkVersion = "flink-version"
        case flinkRevision = "flink-revision"
        case features
    }

    package init(
        refreshIntervalMilliseconds: Int64,
        timeZoneName: String,
        timeZoneOffsetMilliseconds: Int,
        flinkVersion: String,
        flinkRevision: String,
        features: Features
    ) {
        self.refreshIntervalMilliseconds = refreshIntervalMilliseconds
        self.timeZoneName = timeZoneName
        self.timeZoneOffsetMilliseconds = timeZoneOffsetMilliseconds
        self.flinkVersion = flinkVersion
        self.flinkRevision = flinkRevision
        self.features = features
    }
}

/// What may be done through the management interface.
package struct Features: Codable, Hashable, Sendable {
    /// Jobs may be submitted.
    package var webSubmit: Bool
    /// Jobs may be cancelled.
    package var webCancel: Bool
    /// Jobs may be rescaled.
    package var webRescale: Bool
    /// This is a history server.
    package var webHistory: Bool

    private enum CodingKeys: String, CodingKey {
        case webSubmit = "web-submit"
        case webCancel = "web-cancel"
        case webRescale = "web-rescale"
        case webHistory = "web-history"
    }

    package init(
        webSubmit: Bool,
        webCancel: Bool,
        webRescale: Bool,
        webHistory: Bool = false
    ) {
        self.webSubmit = webSubmit
        self.webCancel = webCancel
        self.webRescale = webRescale
        self.webHistory = webHistory
    }
}
