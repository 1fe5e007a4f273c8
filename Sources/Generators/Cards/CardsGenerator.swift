/// Customers, and transactions with their cards.
///
/// A transaction starts PENDING; most become COMPLETED, some REVERSED, some disappear:
///
/// ```
///             ┌─▶ COMPLETED ─┬─▶ (stays)
///  PENDING ───┼─▶ REVERSED   ├─▶ REVERSED
///             ├─▶ deleted    ├─▶ amount corrected
///             └─▶ (stays)    └─▶ deleted
/// ```
///
/// Nothing happens to it any more once `settledMicroseconds` of event time have passed, so that
/// windows that wait for so long see all its changes.
package struct CardsGenerator: ChangeGenerator {
    package static let tables = [CardsTables.customers, CardsTables.transactions]
    package static let templates = CardsTables.Change.allCases.map(\.template)
    package static let resumeQueries = [
        "SELECT max(customer_id) FROM customers",
        "SELECT max(transaction_id), (extract(epoch FROM max(created_at)) * 1000000)::bigint "
            + "FROM card_transactions",
        "SELECT customer_id FROM customers ORDER BY customer_id LIMIT \(Limits.resumedRowsMax)",
    ]

    /// A transaction older than this, in event time, changes no more.
    package static let settledMicroseconds: Int64 = 300_000_000

    /// Event times are at most so much behind those that came before.
    package static let lateMicrosecondsMax: Int64 = 5_000_000

    /// What happens next to a transaction.
    private enum Step {
        case settle
        case revise
    }

    private struct Task {
        let transaction: Int64
        let step: Step
    }

    private var random: SeededRandom
    private var customers = LivingRows()
    private var nextCustomer: Int64 = 1
    private var nextTransaction: Int64 = 1
    private var tasks = EventQueue<Task>()

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    package mutating func resume(from results: [[[Int64?]]]) -> Int64? {
        nextCustomer = (results[0].first?.first.flatMap { $0 } ?? 0) + 1
        let newest = results[1].first ?? []
        nextTransaction = (newest.first.flatMap { $0 } ?? 0) + 1
        for row in results[2] {
            if let key = row.first.flatMap({ $0 }) { customers.add(key) }
        }
        return newest.count > 1 ? newest[1] : nil
    }

    package mutating func next(eventMicroseconds now: Int64) -> [RowChange] {
        if customers.count < Limits.customersMin { return [insertCustomer(now)] }
        if random.chance(80) { return [changeCustomer(now)] }
        if let task = tasks.takeDue(now) { return [advance(task, now)] }
        return [insertTransaction(now)]
    }

    private mutating func insertCustomer(_ now: Int64) -> RowChange {
        let key = nextCustomer
        nextCustomer += 1
        customers.add(key)
        return CardsTables.Change.insertCustomer.row([
            String(key),
            Vocabulary.personName(&random),
            "customer\(key)@example.com",
            random.pick(Vocabulary.cities),
            random.pick(Vocabulary.tiers),
            creditLimit(),
            ValueText.instant(now),
        ])
    }

    private mutating func creditLimit() -> String {
        ValueText.hundredths(random.within(5...500) * 100_00)
    }

    /// The number of customers stays about the same: they come as often as they go.
    private mutating func changeCustomer(_ now: Int64) -> RowChange {
        switch random.below(100) {
        case ..<15: return insertCustomer(now)
        case ..<30:
            let key = customers.removeAny(&random)
            return CardsTables.Change.deleteCustomer.row([String(key)])
        case ..<70:
            let city = random.pick(Vocabulary.cities)
            let key = customers.any(&random)
            return CardsTables.Change.moveCustomer.row([
                city, ValueText.instant(now), String(key),
            ])
        default:
            let tier = random.pick(Vocabulary.tiers)
            let limit = creditLimit()
            let key = customers.any(&random)
            return CardsTables.Change.promoteCustomer.row([
                tier, limit, ValueText.instant(now), String(key),
            ])
        }
    }

    private mutating func insertTransaction(_ now: Int64) -> RowChange {
        let key = nextTransaction
        nextTransaction += 1
        let customer = customers.any(&random)
        let account = customer * 10 + Int64(random.below(3))
        let merchant = random.below(Vocabulary.merchants.count)
        let isLate = random.chance(100)
        let delay = isLate ? Int64(random.below(Int(Self.lateMicrosecondsMax) / 1000)) * 1000 : 0
        let settlesAfter = Int64(random.within(1_000_000...120_000_000))
        let isForgotten = random.chance(20)
        if !isForgotten {
            tasks.add(Task(transaction: key, step: .settle), at: now + settlesAfter)
        }
        return CardsTables.Change.insertTransaction.row([
            String(key),
            String(account),
            String(customer),
            amount(),
            random.pick(Vocabulary.currencies),
            Vocabulary.merchants[merchant],
            Vocabulary.merchantCategories[merchant],
            "PENDING",
            ValueText.timestamp(now - delay),
            ValueText.timestamp(now),
        ])
    }

    /// Many small amounts and few large ones, from 0.50 to 5,000.
    private mutating func amount() -> String {
        let draw = random.fraction()
        return ValueText.hundredths(50 + Int(499_950 * draw * draw * draw * draw))
    }

    private mutating func advance(_ task: Task, _ now: Int64) -> RowChange {
        let key = String(task.transaction)
        switch (task.step, random.below(100)) {
        case (.settle, ..<90):
            if random.chance(100) {
                tasks.add(
                    Task(transaction: task.transaction, step: .revise),
                    at: now + Int64(random.within(1_000_000...60_000_000))
                )
            }
            return settle(key, "COMPLETED", now)
        case (.settle, ..<96): return settle(key, "REVERSED", now)
        case (.settle, _): return CardsTables.Change.deleteTransaction.row([key])
        case (.revise, ..<40): return settle(key, "REVERSED", now)
        case (.revise, ..<80):
            return CardsTables.Change.correctTransaction.row([
                amount(), ValueText.timestamp(now), key,
            ])
        case (.revise, _): return CardsTables.Change.deleteTransaction.row([key])
        }
    }

    private func settle(_ key: String, _ status: String, _ now: Int64) -> RowChange {
        CardsTables.Change.settleTransaction.row([status, ValueText.timestamp(now), key])
    }
}
