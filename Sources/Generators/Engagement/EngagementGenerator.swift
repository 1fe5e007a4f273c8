/// Content, and people who view, play, like, share and comment it.
///
/// A view may become a session: `play`, then `pause` and `play` again or `finish`, where `pause` and
/// `finish` say how long was played since the last `play`. Likes are taken back (deleted) and
/// comments edited now and then.
package struct EngagementGenerator: ChangeGenerator {
    package static let tables = [EngagementTables.content, EngagementTables.events]
    package static let templates = EngagementTables.Change.allCases.map(\.template)
    package static let resumeQueries = [
        "SELECT max(content_id) FROM content",
        "SELECT max(event_id), (extract(epoch FROM max(event_time)) * 1000000)::bigint "
            + "FROM engagement_events",
        "SELECT content_id FROM content ORDER BY content_id LIMIT \(Limits.resumedRowsMax)",
    ]

    private static let users = 20_000

    /// One person who plays one piece of content.
    private struct Session {
        let content: Int64
        let user: Int
        let device: String
        /// When the running `play` began.
        var playingSince: Int64 = 0
    }

    private enum Task {
        case play(Session)
        case pauseOrFinish(Session)
        case takeBackLike(Int64)
        case editComment(Int64)
    }

    private var random: SeededRandom
    private var content = LivingRows()
    private var nextContent: Int64 = 1
    private var nextEvent: Int64 = 1
    private var tasks = EventQueue<Task>()

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    package mutating func resume(from results: [[[Int64?]]]) -> Int64? {
        nextContent = (results[0].first?.first.flatMap { $0 } ?? 0) + 1
        let newest = results[1].first ?? []
        nextEvent = (newest.first.flatMap { $0 } ?? 0) + 1
        for row in results[2] {
            if let key = row.first.flatMap({ $0 }) { content.add(key) }
        }
        return newest.count > 1 ? newest[1] : nil
    }

    package mutating func next(eventMicroseconds now: Int64) -> [RowChange] {
        if content.count < Limits.contentMin { return [publish(now)] }
        if random.chance(20) { return [changeContent(now)] }
        if let task = tasks.takeDue(now) { return [advance(task, now)] }
        return [encounter(now)]
    }

    private mutating func publish(_ now: Int64) -> RowChange {
        let key = nextContent
        nextContent += 1
        content.add(key)
        return EngagementTables.Change.insertContent.row([
            String(key), title(), random.pick(Vocabulary.contentKinds),
            random.pick(Vocabulary.subjects), String(1 + random.skewed(300)),
            String(random.within(15...1800) * 1000), "PUBLISHED", ValueText.timestamp(now),
            ValueText.timestamp(now),
        ])
    }

    private mutating func title() -> String {
        "\(random.pick(Vocabulary.openings)) \(random.pick(Vocabulary.subjects))"
    }

    private mutating func changeContent(_ now: Int64) -> RowChange {
        switch random.below(100) {
        case ..<25: return publish(now)
        case ..<45:
            let key = content.removeAny(&random)
            return EngagementTables.Change.deleteContent.row([String(key)])
        case ..<80:
            let key = content.any(&random)
            return EngagementTables.Change.renameContent.row([
                title(), ValueText.timestamp(now), String(key),
            ])
        default:
            let status = random.chance(500) ? "HIDDEN" : "PUBLISHED"
            let key = content.any(&random)
            return EngagementTables.Change.hideContent.row([
                status, ValueText.timestamp(now), String(key),
            ])
        }
    }

    /// Somebody meets a piece of content.
    private mutating func encounter(_ now: Int64) -> RowChange {
        let session = Session(
            content: content.any(&random),
            user: 1 + random.skewed(Self.users),
            device: random.pick(Vocabulary.devices)
        )
        switch random.below(100) {
        case ..<70:
            if random.chance(600) {
                tasks.add(.play(session), at: now + delay(1...10))
            }
            return event("view", session, now)
        case ..<86:
            if random.chance(100) { tasks.add(.takeBackLike(nextEvent), at: now + delay(5...90)) }
            return event("like", session, now)
        case ..<92: return event("share", session, now)
        default:
            if random.chance(200) { tasks.add(.editComment(nextEvent), at: now + delay(5...90)) }
            return event("comment", session, now, comment: title())
        }
    }

    private mutating func advance(_ task: Task, _ now: Int64) -> RowChange {
        switch task {
        case .play(var session):
            session.playingSince = now
            tasks.add(.pauseOrFinish(session), at: now + delay(3...120))
            return event("play", session, now)
        case .pauseOrFinish(let session):
            let played = Int((now - session.playingSince) / 1000)
            guard random.chance(300) else {
                return event("finish", session, now, milliseconds: played)
            }
            tasks.add(.play(session), at: now + delay(2...60))
            return event("pause", session, now, milliseconds: played)
        case .takeBackLike(let key):
            return EngagementTables.Change.deleteEvent.row([String(key)])
        case .editComment(let key):
            return EngagementTables.Change.editComment.row([title(), String(key)])
        }
    }

    /// A time of a number of seconds, in microseconds.
    private mutating func delay(_ seconds: ClosedRange<Int>) -> Int64 {
        Int64(random.within(seconds.lowerBound * 1000...seconds.upperBound * 1000)) * 1000
    }

    private mutating func event(
        _ type: String,
        _ session: Session,
        _ now: Int64,
        milliseconds: Int? = nil,
        comment: String? = nil
    ) -> RowChange {
        let key = nextEvent
        nextEvent += 1
        let late = random.chance(100) ? Int64(random.below(2000)) * 1000 : 0
        return EngagementTables.Change.insertEvent.row([
            String(key), String(session.content), String(session.user), type,
            milliseconds.map { String($0) }, session.device, comment,
            ValueText.timestamp(now - late),
        ])
    }
}
