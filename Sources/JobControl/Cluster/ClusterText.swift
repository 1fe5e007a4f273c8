import Core
import ManagementAPI

/// Numbers of the cluster as people read them.
enum ClusterText {
    /// As in `350 ms`, `12.4 s`, `2 h 13 min` or `3 d 4 h`.
    static func duration(milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        switch minutes {
        case ..<120: return DurationText.short(microseconds: max(0, milliseconds) * 1000)
        case ..<2880: return "\(minutes / 60) h \(minutes % 60) min"
        default: return "\(minutes / 1440) d \(minutes / 60 % 24) h"
        }
    }

    /// As in `2026-11-21T05:41:27Z`; `-` for a moment that has not come.
    static func moment(_ milliseconds: Int64?) -> String {
        guard let milliseconds, milliseconds >= 0 else { return "-" }
        return TimestampText.iso(milliseconds: milliseconds).prefix(19) + "Z"
    }

    /// A watermark as people read it: a moment, or that there is none.
    static func watermark(_ milliseconds: Int64?) -> String {
        switch milliseconds {
        case nil, Int64.min: "-"
        case Int64.max: "end of input"
        case let time?: TimestampText.iso(milliseconds: time)
        }
    }

    /// As in `1,234`.
    static func count(_ number: Int64) -> String { RunObserver.grouped(number) }

    /// As in `1,234/s`; `-` where it is not known.
    static func rate(_ perSecond: Double?) -> String {
        guard let perSecond, perSecond.isFinite else { return "-" }
        return "\(count(Int64(perSecond.rounded())))/s"
    }

    /// As in `87 %`; `-` where it is not known.
    static func percent(_ ratio: Double?) -> String {
        guard let ratio, ratio.isFinite else { return "-" }
        return "\(Int((ratio * 100).rounded())) %"
    }

    /// The first line of a text, cut to a width.
    static func firstLine(_ text: String, columns: Int = 160) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.count > columns ? line.prefix(columns - 1) + "…" : String(line)
    }
}
