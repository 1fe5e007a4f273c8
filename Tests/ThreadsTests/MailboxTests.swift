import Synchronization
import Testing
import Threads

@Suite struct MailboxTests {
    @Test func `messages of one sender arrive in order while the bound holds it back`() {
        let mailbox = Mailbox<Int>(bound: 4)
        let sender = WorkerThread(name: "sender") {
            for number in 0..<10_000 { _ = mailbox.sendWaiting(number) }
        }
        var received: [Int] = []
        while received.count < 10_000 {
            mailbox.wait()
            var run: [Int] = []
            mailbox.drain(into: &run)
            #expect(run.count <= 4)
            received += run
        }
        sender.join()
        #expect(received == Array(0..<10_000))
    }

    @Test func `many senders lose nothing`() {
        let mailbox = Mailbox<Int>(bound: 8)
        let senders = (0..<4).map { part in
            WorkerThread(name: "sender-\(part)") {
                for number in 0..<5000 { _ = mailbox.sendWaiting(part * 5000 + number) }
            }
        }
        var received: [Int] = []
        while received.count < 20_000 {
            mailbox.wait()
            mailbox.drain(into: &received)
        }
        for sender in senders { sender.join() }
        #expect(received.sorted() == Array(0..<20_000))
    }

    @Test func `closing frees a blocked sender and refuses its message`() {
        let mailbox = Mailbox<Int>(bound: 1)
        mailbox.send(1)
        let accepted = Mutex(true)
        let sender = WorkerThread(name: "blocked") {
            let result = mailbox.sendWaiting(2)
            accepted.withLock { $0 = result }
        }
        mailbox.close()
        sender.join()
        #expect(!accepted.withLock { $0 })
        #expect(!mailbox.send(3))
    }

    @Test func `a timed wait ends without a message`() {
        let signal = ThreadSignal()
        #expect(!signal.wait(forMicroseconds: 1000))
        signal.raise()
        #expect(signal.wait(forMicroseconds: 1000))
    }
}
