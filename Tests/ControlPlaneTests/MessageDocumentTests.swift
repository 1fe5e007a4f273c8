import ClusterMessages
import ClusterProtocol
import Core
import Foundation
import Testing

/// The example messages of docs/PROTOCOL.md, each in a block that begins with ```` ```json NAME ````.
struct MessageDocument {
    let examples: [(name: String, text: String)]
    /// The document.
    let text: String

    init() throws {
        let file = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/PROTOCOL.md")
        var examples: [(name: String, text: String)] = []
        var open: (name: String, text: String)?
        text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```json ") {
                open = (String(line.dropFirst("```json ".count)), "")
            } else if line.hasPrefix("```"), let example = open {
                examples.append(example)
                open = nil
            } else {
                open?.text += line
            }
        }
        self.examples = examples
    }

    /// A text of JSON without the white space between its parts.
    static func compact(_ text: String) -> String {
        var isInString = false
        var isEscaped = false
        return String(
            text.filter { character in
                defer { isEscaped = isInString && character == "\\" && !isEscaped }
                if character == "\"", !isEscaped { isInString.toggle() }
                return isInString || !character.isWhitespace
            }
        )
    }
}

@Suite struct MessageDocumentTests {
    private func encoded(_ message: some Encodable) -> String {
        String(decoding: ControlCodec.encode(message), as: UTF8.self)
    }

    private func check<Message: Codable>(
        _ samples: [(name: String, message: Message)],
        _ document: MessageDocument
    ) throws {
        for (name, message) in samples {
            let text = encoded(message)
            guard let example = document.examples.first(where: { $0.name == name })?.text else {
                Issue.record("docs/PROTOCOL.md lacks ```json \(name): \(text)")
                continue
            }
            #expect(MessageDocument.compact(example) == text, "example '\(name)'")
            let back = try ControlCodec.decode(Message.self, Array(example.utf8))
            #expect(encoded(back) == text, "example '\(name)'")
        }
    }

    @Test func `the document shows each message as it is sent`() throws {
        let document = try MessageDocument()
        try check(SampleMessages.toTaskManager, document)
        try check(SampleMessages.toJobManager, document)
        let names =
            SampleMessages.toTaskManager.map(\.name) + SampleMessages.toJobManager.map(\.name)
        #expect(document.examples.map(\.name) == names)
        #expect(Set(names).count == names.count)
        // The control frame of the document is one of them.
        let heartbeat = ControlCodec.encode(ToTaskManager.heartbeat).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        #expect(document.text.contains("\n" + heartbeat.joined(separator: " ") + "  · {"))
    }

    @Test func `there is a sample of each message`() throws {
        // The first key of a message is its case, for commands and events that of the next level.
        var kinds: Set<String> = []
        let all =
            SampleMessages.toTaskManager.map { "> \(encoded($0.message))" }
            + SampleMessages.toJobManager.map { "< \(encoded($0.message))" }
        for text in all {
            let keys = text.split(separator: "\"").map(String.init)
            let isNested = keys[1] == "command" || keys[1] == "event"
            kinds.insert(keys[0].prefix(1) + " " + (isNested ? "\(keys[1]) \(keys[5])" : keys[1]))
        }
        #expect(kinds.count == all.count)
    }
}
