/// A shop: customers, products, orders with their items, payments and shipments.
///
/// ```
///  PLACED ──▶ PAID ──▶ SHIPPED ──▶ DELIVERED
///    │          └─▶ CANCELLED, the payment REFUNDED
///    ├─▶ CANCELLED
///    └─▶ deleted with its items
/// ```
///
/// Rows that belong together (an order and its items, a payment and the order's status) come
/// together.
package struct OrdersGenerator: ChangeGenerator {
    package static let tables = [
        OrdersTables.customers, OrdersTables.products, OrdersTables.orders, OrdersTables.items,
        OrdersTables.payments, OrdersTables.shipments,
    ]
    package static let templates = OrdersTables.Change.allCases.map(\.template)
    package static let resumeQueries = [
        "SELECT max(order_id), (extract(epoch FROM max(updated_at)) * 1000000)::bigint "
            + "FROM orders",
        "SELECT max(payment_id) FROM payments",
        "SELECT max(shipment_id) FROM shipments",
        "SELECT max(customer_id) FROM customers",
        "SELECT product_id, (price * 100)::bigint FROM products ORDER BY product_id",
    ]

    private struct Order {
        let key: Int64
        let items: Int
        let hundredths: Int
        /// 0 as long as nothing is paid.
        var payment: Int64 = 0
        var shipment: Int64 = 0
    }

    private enum Task {
        case settlePlaced(Order)
        case settlePaid(Order)
        case deliver(Order)
    }

    private var random: SeededRandom
    private var customers: Int64 = 0
    /// The price of each product in hundredths; product `n` is at `n - 1`.
    private var prices: [Int] = []
    private var nextOrder: Int64 = 1
    private var nextPayment: Int64 = 1
    private var nextShipment: Int64 = 1
    private var tasks = EventQueue<Task>()

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    package mutating func resume(from results: [[[Int64?]]]) -> Int64? {
        let newest = results[0].first ?? []
        nextOrder = (newest.first.flatMap { $0 } ?? 0) + 1
        nextPayment = (results[1].first?.first.flatMap { $0 } ?? 0) + 1
        nextShipment = (results[2].first?.first.flatMap { $0 } ?? 0) + 1
        // Customers and products are never deleted, so that their keys have no gaps.
        customers = results[3].first?.first.flatMap { $0 } ?? 0
        prices = results[4].map { Int($0[1] ?? 0) }
        return newest.count > 1 ? newest[1] : nil
    }

    package mutating func next(eventMicroseconds now: Int64) -> [RowChange] {
        if customers < Limits.customersMin { return [insertCustomer(now)] }
        if prices.count < Limits.productsMin { return [insertProduct(now)] }
        if random.chance(60) { return [changeMasterData(now)] }
        if let task = tasks.takeDue(now) { return advance(task, now) }
        return placeOrder(now)
    }

    private mutating func insertCustomer(_ now: Int64) -> RowChange {
        customers += 1
        return OrdersTables.Change.insertCustomer.row([
            String(customers), Vocabulary.personName(&random), "shopper\(customers)@example.com",
            random.pick(Vocabulary.cities), random.pick(Vocabulary.tiers), ValueText.instant(now),
        ])
    }

    private mutating func insertProduct(_ now: Int64) -> RowChange {
        let price = random.within(199...49_999)
        prices.append(price)
        return OrdersTables.Change.insertProduct.row([
            String(prices.count), "\(random.pick(Vocabulary.goods)) \(prices.count)",
            random.pick(Vocabulary.goodsCategories), ValueText.hundredths(price),
            ValueText.instant(now),
        ])
    }

    private mutating func changeMasterData(_ now: Int64) -> RowChange {
        switch random.below(100) {
        case ..<30: return insertCustomer(now)
        case ..<35: return insertProduct(now)
        case ..<65:
            let city = random.pick(Vocabulary.cities)
            let segment = random.pick(Vocabulary.tiers)
            return OrdersTables.Change.moveCustomer.row([
                city, segment, ValueText.instant(now), String(1 + random.skewed(Int(customers))),
            ])
        default:
            let product = random.skewed(prices.count)
            prices[product] = max(99, prices[product] * random.within(90...110) / 100)
            return OrdersTables.Change.repriceProduct.row([
                ValueText.hundredths(prices[product]), ValueText.instant(now),
                String(product + 1),
            ])
        }
    }

    private mutating func placeOrder(_ now: Int64) -> [RowChange] {
        let key = nextOrder
        nextOrder += 1
        var total = 0
        let items = (1...(1 + random.skewed(5))).map { line in
            let product = random.skewed(prices.count)
            let quantity = 1 + random.skewed(4)
            total += quantity * prices[product]
            return OrdersTables.Change.insertItem.row([
                String(key), String(line), String(product + 1), String(quantity),
                ValueText.hundredths(prices[product]),
            ])
        }
        let order = OrdersTables.Change.insertOrder.row([
            String(key), String(1 + random.skewed(Int(customers))), "PLACED",
            ValueText.hundredths(total), ValueText.timestamp(now), ValueText.timestamp(now),
        ])
        let placed = Order(key: key, items: items.count, hundredths: total)
        tasks.add(.settlePlaced(placed), at: now + delay(5...120))
        return [order] + items
    }

    private mutating func advance(_ task: Task, _ now: Int64) -> [RowChange] {
        switch task {
        case .settlePlaced(let order): return settlePlaced(order, now)
        case .settlePaid(let order): return settlePaid(order, now)
        case .deliver(let order):
            return [
                OrdersTables.Change.deliverShipment.row([
                    "DELIVERED", ValueText.timestamp(now), String(order.shipment),
                ]),
                status(order, "DELIVERED", now),
            ]
        }
    }

    private mutating func settlePlaced(_ order: Order, _ now: Int64) -> [RowChange] {
        switch random.below(100) {
        case ..<3:
            let items = (1...order.items).map {
                OrdersTables.Change.deleteItem.row([String(order.key), String($0)])
            }
            return items + [OrdersTables.Change.deleteOrder.row([String(order.key)])]
        case ..<10: return [status(order, "CANCELLED", now)]
        default:
            var paid = order
            paid.payment = nextPayment
            nextPayment += 1
            tasks.add(.settlePaid(paid), at: now + delay(5...120))
            return [
                OrdersTables.Change.insertPayment.row([
                    String(paid.payment), String(order.key),
                    random.pick(Vocabulary.paymentMethods),
                    ValueText.hundredths(order.hundredths), "CAPTURED", ValueText.timestamp(now),
                ]),
                status(order, "PAID", now),
            ]
        }
    }

    private mutating func settlePaid(_ order: Order, _ now: Int64) -> [RowChange] {
        if random.chance(50) {
            return [
                OrdersTables.Change.refundPayment.row(["REFUNDED", String(order.payment)]),
                status(order, "CANCELLED", now),
            ]
        }
        var shipped = order
        shipped.shipment = nextShipment
        nextShipment += 1
        tasks.add(.deliver(shipped), at: now + delay(10...300))
        return [
            OrdersTables.Change.insertShipment.row([
                String(shipped.shipment), String(order.key), random.pick(Vocabulary.carriers),
                "IN_TRANSIT", ValueText.timestamp(now), nil,
            ]),
            status(order, "SHIPPED", now),
        ]
    }

    private func status(_ order: Order, _ status: String, _ now: Int64) -> RowChange {
        OrdersTables.Change.advanceOrder.row([
            status, ValueText.timestamp(now), String(order.key),
        ])
    }

    /// A time of a number of seconds, in microseconds.
    private mutating func delay(_ seconds: ClosedRange<Int>) -> Int64 {
        Int64(random.within(seconds.lowerBound * 1000...seconds.upperBound * 1000)) * 1000
    }
}
