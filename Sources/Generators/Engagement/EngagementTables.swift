/// The tables of published content and of what people do with it.
enum EngagementTables {
    static let content = GeneratedTable(
        "content",
        key: ["content_id"],
        [
            ("content_id", "bigint"), ("title", "text"), ("kind", "text"), ("topic", "text"),
            ("creator_id", "bigint"), ("length_ms", "integer"), ("status", "text"),
            ("published_at", "timestamp(3)"), ("updated_at", "timestamp(3)"),
        ]
    )
    static let events = GeneratedTable(
        "engagement_events",
        key: ["event_id"],
        [
            ("event_id", "bigint"), ("content_id", "bigint"), ("user_id", "bigint"),
            ("event_type", "text"), ("duration_ms", "integer"), ("device", "text"),
            ("comment", "text"), ("event_time", "timestamp(3)"),
        ]
    )

    /// The ways to change them, in the order of `templates`.
    enum Change: Int, CaseIterable {
        case insertContent
        case renameContent
        case hideContent
        case deleteContent
        case insertEvent
        case editComment
        case deleteEvent

        var template: ChangeTemplate {
            switch self {
            case .insertContent: .insert(content)
            case .renameContent: .update(content, ["title", "updated_at"])
            case .hideContent: .update(content, ["status", "updated_at"])
            case .deleteContent: .delete(content)
            case .insertEvent: .insert(events)
            case .editComment: .update(events, ["comment"])
            case .deleteEvent: .delete(events)
            }
        }

        /// The change of one row with the values of the template's columns and key.
        func row(_ values: [String?]) -> RowChange { RowChange(rawValue, values) }
    }
}
