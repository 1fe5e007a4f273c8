/// The identity of one submitted job: 32 lower-case hexadecimal digits, as in Flink.
package struct JobID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    /// Adopts a text that was a job id before, for example a folder name of a checkpoint root.
    package init(text: String) {
        self.text = text
    }

    /// Makes a new id from 128 bits of the given source of randomness.
    package init(using generator: inout some RandomNumberGenerator) {
        let words = [generator.next() as UInt64, generator.next() as UInt64]
        text = words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    package var description: String { text }
}

/// The stable identity of an operator across versions of a job (DESIGN §6).
package struct OperatorUID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: OperatorUID, right: OperatorUID) -> Bool {
        left.text < right.text
    }

    package var description: String { text }
}

/// The identity of one run of a task manager; a restarted one has another.
package struct TaskManagerID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: TaskManagerID, right: TaskManagerID) -> Bool {
        left.text < right.text
    }

    package var description: String { text }
}

/// The number of a checkpoint, from 1 on; also names the epoch that its barrier ends.
package typealias CheckpointID = UInt64

/// An event time in milliseconds since 1970-01-01T00:00:00Z, as Flink's watermarks.
package typealias WatermarkMilliseconds = Int64

/// Named watermark values.
package enum Watermark {
    /// Nothing is known about event time yet.
    package static let start: WatermarkMilliseconds = .min
    /// No row will come any more.
    package static let end: WatermarkMilliseconds = .max
}
