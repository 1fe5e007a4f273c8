import Generators
import Testing

/// What all generators promise.
@Suite struct GeneratorTests {
    private static let start: Int64 = 1_760_000_000_000_000

    /// Changes of a generator, one step of event time after the other.
    static func groups(
        _ type: any ChangeGenerator.Type,
        seed: UInt64,
        _ count: Int,
        stepMicroseconds: Int64 = 100_000
    ) -> [[RowChange]] {
        var generator: any ChangeGenerator = type.init(seed: seed)
        return (0..<count).map { index in
            generator.next(eventMicroseconds: start + Int64(index) * stepMicroseconds)
        }
    }

    @Test(arguments: Dataset.allCases)
    func `the same seed gives the same changes and another seed others`(_ dataset: Dataset) {
        let first = Self.groups(dataset.type, seed: 7, 5000)
        #expect(first == Self.groups(dataset.type, seed: 7, 5000))
        #expect(first != Self.groups(dataset.type, seed: 8, 5000))
    }

    @Test(arguments: Dataset.allCases)
    func `each change finds its row, and each kind and template occurs`(_ dataset: Dataset) {
        var model = TableModel(dataset.type)
        var used: Set<Int> = []
        for group in Self.groups(dataset.type, seed: 1, 30_000) {
            #expect(!group.isEmpty)
            for change in group {
                model.apply(change)
                used.insert(change.template)
            }
        }
        #expect(used == Set(dataset.type.templates.indices))
    }

    @Test func `a transaction is by a customer who exists, with one of his accounts`() {
        var model = TableModel(CardsGenerator.self)
        for change in Self.groups(CardsGenerator.self, seed: 2, 20_000).joined() {
            let (template, values) = model.named(change)
            if template.table == "card_transactions", template.kind == .insert {
                let customer = values["customer_id"] ?? nil
                #expect(model.exists("customers", customer))
                let account = (values["account_id"] ?? nil).flatMap { Int($0) } ?? 0
                #expect(String(account / 10) == customer)
                #expect(values["status"] == "PENDING")
            }
            model.apply(change)
        }
    }

    @Test func `most transactions complete, some are reversed, deleted or left pending`() {
        var model = TableModel(CardsGenerator.self)
        let changes = Self.groups(CardsGenerator.self, seed: 3, 60_000)
        for change in changes.joined() { model.apply(change) }
        let made = Double(model.counts["insert card_transactions"] ?? 0)
        let statuses = Dictionary(grouping: model.rows("card_transactions")) {
            ($0["status"] ?? nil) ?? "none"
        }
        .mapValues { Double($0.count) / made }
        #expect((0.3...0.6).contains(made / 60_000))
        #expect((0.75...0.95).contains(statuses["COMPLETED"] ?? 0))
        #expect((0.04...0.15).contains(statuses["REVERSED"] ?? 0))
        #expect((0.01...0.08).contains(statuses["PENDING"] ?? 0))
        let deleted = Double(model.counts["delete card_transactions"] ?? 0) / made
        #expect((0.02...0.1).contains(deleted))
        for change in ["insert", "update", "delete"] {
            #expect((model.counts["\(change) customers"] ?? 0) > 300)
        }
    }

    @Test(arguments: [1000, 20_000, 120_000, 720_000, 2_000_000] as [Int64])
    func `a transaction changes no more once it has settled`(_ stepMicroseconds: Int64) {
        var model = TableModel(CardsGenerator.self)
        var generator = CardsGenerator(seed: 4)
        var created: [String: Int64] = [:]
        var longest: Int64 = 0
        for index in 0..<100_000 {
            let now = Self.start + Int64(index) * stepMicroseconds
            for change in generator.next(eventMicroseconds: now) {
                let (template, values) = model.named(change)
                model.apply(change)
                guard template.table == "card_transactions",
                    let key = values["transaction_id"] ?? nil
                else { continue }
                if template.kind == .insert {
                    created[key] = now
                } else {
                    longest = max(longest, now - (created[key] ?? 0))
                }
            }
        }
        #expect(longest > 0)
        #expect(longest <= CardsGenerator.settledMicroseconds)
    }

    @Test func `event times are nearly in order`() {
        var model = TableModel(CardsGenerator.self)
        var newest = ""
        var late = 0
        var total = 0
        for change in Self.groups(CardsGenerator.self, seed: 5, 20_000).joined() {
            let (template, values) = model.named(change)
            model.apply(change)
            guard template.kind == .insert, let time = values["created_at"] ?? nil else { continue }
            total += 1
            if time < newest { late += 1 }
            newest = max(newest, time)
        }
        #expect(late > 0)
        #expect(late * 5 < total)
    }

    @Test func `engagement events name content that exists, and playing has a duration`() {
        var model = TableModel(EngagementGenerator.self)
        var types: [String: Int] = [:]
        for change in Self.groups(EngagementGenerator.self, seed: 6, 40_000).joined() {
            let (template, values) = model.named(change)
            model.apply(change)
            guard template.table == "engagement_events", template.kind == .insert else { continue }
            let type = (values["event_type"] ?? nil) ?? ""
            types[type, default: 0] += 1
            let hasDuration = (values["duration_ms"] ?? nil) != nil
            #expect(hasDuration == ["pause", "finish"].contains(type))
            #expect(((values["comment"] ?? nil) != nil) == (type == "comment"))
            if type == "view" { #expect(model.exists("content", values["content_id"] ?? nil)) }
        }
        #expect(
            Set(types.keys)
                == ["view", "like", "share", "comment", "play", "pause", "finish"]
        )
        // Each finish and each pause ends a play.
        let ends = (types["pause"] ?? 0) + (types["finish"] ?? 0)
        #expect(ends <= (types["play"] ?? 0))
        #expect((types["view"] ?? 0) > (types["finish"] ?? 0))
    }

    @Test func `an order has the total of its items, and what refers to it finds it`() {
        var model = TableModel(OrdersGenerator.self)
        for group in Self.groups(OrdersGenerator.self, seed: 9, 20_000) {
            for change in group {
                let (template, values) = model.named(change)
                model.apply(change)
                guard template.kind == .insert, let order = values["order_id"] else { continue }
                #expect(model.exists("orders", order))
                if let customer = values["customer_id"] {
                    #expect(model.exists("customers", customer))
                }
                if let product = values["product_id"] {
                    #expect(model.exists("products", product))
                }
            }
        }
        var totals: [String: Int] = [:]
        for item in model.rows("order_items") {
            let quantity = (item["quantity"] ?? nil).flatMap { Int($0) } ?? 0
            totals[(item["order_id"] ?? nil) ?? "", default: 0] +=
                quantity * Self.hundredths(item["unit_price"] ?? nil)
        }
        let orders = model.rows("orders")
        #expect(orders.count > 1000)
        #expect(totals.count == orders.count)
        for order in orders {
            #expect(
                totals[(order["order_id"] ?? nil) ?? ""] == Self.hundredths(order["total"] ?? nil)
            )
        }
        let statuses = Set(orders.map { $0["status"] ?? nil })
        #expect(statuses == ["PLACED", "PAID", "SHIPPED", "DELIVERED", "CANCELLED"])
    }

    private static func hundredths(_ text: String?) -> Int {
        Int((text ?? "").filter { $0 != "." }) ?? -1
    }
}
