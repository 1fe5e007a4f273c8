import ServerKit
import Synchronization
import Threads

/// A request as it came in.
struct ReceivedRequest: Sendable {
    let method: String
    let path: String
    /// Names are in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// What the server does with one request.
enum Reply: Sendable {
    case answer(Int, [String: String] = [:], [UInt8] = [])
    /// The head promises the whole body, but only so many bytes of it come.
    case cut(Int, [String: String] = [:], [UInt8], after: Int)
    /// The connection is closed without an answer.
    case close
    /// Nothing comes until the client is tired of it.
    case hang
    /// The answer comes before the body is read, its own body so long after its head, and the
    /// connection stays or is closed.
    case early(Int, [UInt8], closing: Bool, gapMicroseconds: Int64 = 0)

    static func error(_ status: Int, _ code: String, _ more: String = "") -> Reply {
        .answer(
            status,
            ["Content-Type": "application/xml"],
            Array("<Error><Code>\(code)</Code><Message>as scripted</Message>\(more)</Error>".utf8)
        )
    }

    static func xml(_ text: String) -> Reply { .answer(200, [:], Array(text.utf8)) }
}

/// An HTTP server on a real socket that follows a script, one reply for each request.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (_ number: Int, _ request: ReceivedRequest) -> Reply

    private struct State {
        var requests: [ReceivedRequest] = []
        var sockets: [LoopbackSocket] = []
        var isStopped = false
    }

    let port: Int
    private let listener: LoopbackSocket
    private let state = Mutex(State())
    private let script: Script

    /// The script is asked with the number of the request, from 1.
    init(_ script: @escaping Script) throws {
        self.script = script
        listener = try LoopbackSocket.listen()
        port = listener.port
        _ = WorkerThread(name: "scripted") { [listener, weak self] in
            while let socket = listener.accept() {
                guard let self else { return socket.close() }
                let isStopped = self.state.withLock { state in
                    if !state.isStopped { state.sockets.append(socket) }
                    return state.isStopped
                }
                if isStopped { return socket.close() }
                _ = WorkerThread(name: "scripted-one") { self.serve(socket) }
            }
        }
    }

    /// Replies that come one after the other; the last one repeats.
    convenience init(_ replies: [Reply]) throws {
        try self.init { number, _ in replies[min(number, replies.count) - 1] }
    }

    var endpoint: String { "http://127.0.0.1:\(port)" }
    var requests: [ReceivedRequest] { state.withLock { $0.requests } }

    func stop() {
        let sockets = state.withLock { state in
            state.isStopped = true
            return state.sockets
        }
        for socket in sockets { socket.shut() }
        listener.shut()
        listener.close()
    }

    private func serve(_ socket: LoopbackSocket) {
        var bytes: [UInt8] = []
        while let head = Self.readHead(socket, &bytes) {
            let lines = head.split(separator: "\r\n")
            let words = lines[0].split(separator: " ").map(String.init)
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = String(parts.last ?? "").trimmed
            }
            let peeked = ReceivedRequest(
                method: words[0],
                path: words[1],
                headers: headers,
                body: []
            )
            let number = state.withLock { state in
                state.requests.append(peeked)
                return state.requests.count
            }
            // Scripts see the head alone; what was sent is in `requests`.
            let reply = script(number, peeked)
            if case .early(let status, let body, let closing, let gapMicroseconds) = reply {
                send(socket, status, [:], body, count: 0)
                if gapMicroseconds > 0 { ThreadSignal().wait(forMicroseconds: gapMicroseconds) }
                socket.send(body)
                if closing { return end(socket) }
            }
            let length = Int(headers["content-length"] ?? "0") ?? 0
            while bytes.count < length {
                let block = socket.receive()
                if block.isEmpty { return end(socket) }
                bytes += block
            }
            let request = ReceivedRequest(
                method: words[0],
                path: words[1],
                headers: headers,
                body: Array(bytes[..<length])
            )
            bytes.removeFirst(length)
            state.withLock { $0.requests[number - 1] = request }
            switch reply {
            case .answer(let status, let fields, let body):
                send(socket, status, fields, body, count: body.count)
            case .cut(let status, let fields, let body, let count):
                send(socket, status, fields, body, count: count)
                return end(socket)
            case .close:
                return end(socket)
            case .hang:
                while !socket.receive().isEmpty {}
                return end(socket)
            case .early:
                break
            }
        }
        end(socket)
    }

    private func end(_ socket: LoopbackSocket) { socket.shut() }

    private static func readHead(_ socket: LoopbackSocket, _ bytes: inout [UInt8]) -> String? {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if bytes.count >= 4 {
                for index in 0...(bytes.count - 4)
                where bytes[index..<index + 4].elementsEqual(mark) {
                    let head = String(decoding: bytes[..<index], as: UTF8.self)
                    bytes.removeFirst(index + 4)
                    return head
                }
            }
            let block = socket.receive()
            if block.isEmpty { return nil }
            bytes += block
        }
    }

    private func send(
        _ socket: LoopbackSocket,
        _ status: Int,
        _ fields: [String: String],
        _ body: [UInt8],
        count: Int
    ) {
        var head = "HTTP/1.1 \(status) Scripted\r\n"
        var fields = fields
        if fields["Content-Length"] == nil, status != 204 {
            fields["Content-Length"] = String(body.count)
        }
        for (name, value) in fields where !value.isEmpty { head += "\(name): \(value)\r\n" }
        socket.send(Array("\(head)\r\n".utf8) + body[..<count])
    }
}

extension String {
    var trimmed: String {
        var rest = drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
