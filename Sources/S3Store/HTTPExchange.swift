import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ObjectStore
import Synchronization
import Threads

/// Takes the body of an answer, on the thread that made the call.
protocol HTTPBodyTarget: AnyObject {
    /// An answer begins.
    ///
    /// - Returns: whether its body is for this target; an error's is not.
    func begin(_ head: HTTPResponseHead) throws(HTTPFault) -> Bool
    func take(_ bytes: ByteBuffer) throws(HTTPFault)
    /// The answer is whole; throws `damaged` when it is not what the store keeps.
    func end() throws(HTTPFault)
    /// How many bytes are in hand that need not be asked for again.
    var keptBytes: Int64 { get }
}

/// What the other side answered.
struct HTTPAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    /// Empty when a target took it.
    var body: [UInt8]
}

/// One request on the wire: event loops put what happens into an inbox, and the calling thread
/// works it off.
///
/// So files are read and written by the thread that wants them, and no more than a block each
/// way is in memory: a part of an answer is acknowledged when it is written down.
final class HTTPExchange: HTTPClientResponseDelegate {
    typealias Response = Void

    private enum Event: Sendable {
        case bodyWanted(HTTPClient.Body.StreamWriter, EventLoopPromise<Void>)
        case written(Result<Void, any Error>)
        case head(HTTPResponseHead)
        case part(ByteBuffer, EventLoopPromise<Void>)
        case end(Result<Void, any Error>)
    }

    private struct Inbox {
        var events: [Event] = []
        var isClosed = false
    }

    private let inbox = Mutex(Inbox())
    private let arrival = ThreadSignal()

    func didReceiveHead(
        task: HTTPClient.Task<Void>,
        _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        post(.head(head))
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<Void>,
        _ buffer: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let taken = task.eventLoop.makePromise(of: Void.self)
        post(.part(buffer, taken))
        return taken.futureResult
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

    /// The client can take the body of the request now.
    func wantBody(
        _ writer: HTTPClient.Body.StreamWriter,
        _ loop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let sent = loop.makePromise(of: Void.self)
        post(.bodyWanted(writer, sent))
        return sent.futureResult
    }

    private func post(_ event: Event) {
        let isLate = inbox.withLock { inbox in
            if !inbox.isClosed { inbox.events.append(event) }
            return inbox.isClosed
        }
        if isLate { Self.refuse(event) } else { arrival.raise() }
    }

    private static func refuse(_ event: Event) {
        let gone = HTTPFault(.closed, "nobody waits for this any more")
        switch event {
        case .bodyWanted(_, let promise), .part(_, let promise): promise.fail(gone)
        case .written, .head, .end: break
        }
    }

    private func next() -> Event {
        while true {
            if let event = inbox.withLock({ $0.events.isEmpty ? nil : $0.events.removeFirst() }) {
                return event
            }
            arrival.wait()
        }
    }

    /// Everything that comes from now on is refused, and so is what came unseen.
    private func close() {
        let rest = inbox.withLock { inbox in
            inbox.isClosed = true
            defer { inbox.events = [] }
            return inbox.events
        }
        for event in rest { Self.refuse(event) }
    }

    /// Waits for the answer; sends the body and takes the answer's meanwhile.
    ///
    /// An answer that says no may come before the whole body was sent, and the connection then
    /// ends as it likes: the answer counts. Nothing more is sent then, but the body is not called
    /// whole either: the client would end the exchange before the rest of the answer is there.
    func run(
        _ task: HTTPClient.Task<Void>,
        _ payload: S3Payload,
        _ target: (any HTTPBodyTarget)?,
        answerBytesMax: Int
    ) throws(HTTPFault) -> HTTPAnswer {
        task.futureResult.whenComplete { self.post(.end($0)) }
        defer { close() }
        var upload = Upload(payload)
        var answer: HTTPAnswer?
        var isForTarget = false
        var failure: HTTPFault?
        defer { upload.finish() }
        while true {
            switch next() {
            case .bodyWanted(let writer, let promise):
                upload.start(writer, promise)
                upload.sendNext(self.written)
            case .written(.success):
                if failure == nil { upload.sendNext(self.written) }
            case .written(.failure):
                // The end of the exchange says why.
                break
            case .head(let head):
                answer = HTTPAnswer(
                    status: Int(head.status.code),
                    headers: head.headers,
                    body: []
                )
                if head.status.code >= 300 { upload.stop() }
                do throws(HTTPFault) {
                    isForTarget = try target?.begin(head) ?? false
                } catch {
                    failure = failure ?? error
                    task.fail(reason: error)
                }
            case .part(let buffer, let promise):
                do throws(HTTPFault) {
                    if let failure { throw failure }
                    if isForTarget {
                        try target?.take(buffer)
                    } else {
                        try answer?.take(buffer, atMost: answerBytesMax)
                    }
                    promise.succeed(())
                } catch {
                    failure = failure ?? error
                    promise.fail(error)
                }
            case .end(let result):
                return try Self.conclude(
                    result,
                    answer,
                    failure ?? upload.failure,
                    isForTarget ? target : nil
                )
            }
        }
    }

    private func written(_ result: Result<Void, any Error>) { post(.written(result)) }

    private static func conclude(
        _ result: Result<Void, any Error>,
        _ answer: HTTPAnswer?,
        _ failure: HTTPFault?,
        _ target: (any HTTPBodyTarget)?
    ) throws(HTTPFault) -> HTTPAnswer {
        if let failure { throw failure }
        if case .failure(let error) = result {
            if let answer, answer.status >= 300 { return answer }
            throw HTTPFault(error)
        }
        guard let answer else { throw HTTPFault(.cut, "there was no answer") }
        try target?.end()
        return answer
    }

    /// The sending side of an exchange.
    private struct Upload: ~Copyable {
        private let payload: S3Payload
        private var reader: PayloadReader?
        private var writer: HTTPClient.Body.StreamWriter?
        private var promise: EventLoopPromise<Void>?
        private var isStopped = false
        private(set) var failure: HTTPFault?

        init(_ payload: S3Payload) {
            self.payload = payload
        }

        mutating func start(
            _ writer: HTTPClient.Body.StreamWriter,
            _ promise: EventLoopPromise<Void>
        ) {
            self.writer = writer
            self.promise = promise
        }

        /// Sends one block, or ends the body.
        mutating func sendNext(
            _ done: @escaping @Sendable (Result<Void, any Error>) -> Void
        ) {
            guard promise != nil, !isStopped, let writer else { return }
            do throws(SystemFault) {
                if reader == nil { reader = try PayloadReader(payload) }
                if let block = try reader?.next() {
                    writer.write(.byteBuffer(ByteBuffer(bytes: block))).whenComplete(done)
                } else {
                    finish()
                }
            } catch {
                failure = HTTPFault(error)
                promise?.fail(error)
                promise = nil
            }
        }

        /// Nothing more is sent, though the body is not whole.
        mutating func stop() { isStopped = true }

        /// The body is whole, or the exchange is over.
        mutating func finish() {
            promise?.succeed(())
            promise = nil
        }
    }
}

extension HTTPAnswer {
    fileprivate mutating func take(_ bytes: ByteBuffer, atMost: Int) throws(HTTPFault) {
        guard body.count + bytes.readableBytes <= atMost else {
            throw HTTPFault(.damaged, "the answer is longer than \(atMost) bytes")
        }
        body.append(contentsOf: bytes.readableBytesView)
    }
}
