/// The tables of a shop.
enum OrdersTables {
    static let customers = GeneratedTable(
        "customers",
        key: ["customer_id"],
        [
            ("customer_id", "bigint"), ("name", "text"), ("email", "text"), ("city", "text"),
            ("segment", "text"), ("updated_at", "timestamptz(3)"),
        ]
    )
    static let products = GeneratedTable(
        "products",
        key: ["product_id"],
        [
            ("product_id", "bigint"), ("name", "text"), ("category", "text"),
            ("price", "numeric(18,2)"), ("updated_at", "timestamptz(3)"),
        ]
    )
    static let orders = GeneratedTable(
        "orders",
        key: ["order_id"],
        [
            ("order_id", "bigint"), ("customer_id", "bigint"), ("status", "text"),
            ("total", "numeric(18,2)"), ("ordered_at", "timestamp(3)"),
            ("updated_at", "timestamp(3)"),
        ]
    )
    static let items = GeneratedTable(
        "order_items",
        key: ["order_id", "line_number"],
        [
            ("order_id", "bigint"), ("line_number", "integer"), ("product_id", "bigint"),
            ("quantity", "integer"), ("unit_price", "numeric(18,2)"),
        ]
    )
    static let payments = GeneratedTable(
        "payments",
        key: ["payment_id"],
        [
            ("payment_id", "bigint"), ("order_id", "bigint"), ("method", "text"),
            ("amount", "numeric(18,2)"), ("status", "text"), ("paid_at", "timestamp(3)"),
        ]
    )
    static let shipments = GeneratedTable(
        "shipments",
        key: ["shipment_id"],
        [
            ("shipment_id", "bigint"), ("order_id", "bigint"), ("carrier", "text"),
            ("status", "text"), ("shipped_at", "timestamp(3)"),
            ("delivered_at", "timestamp(3)"),
        ]
    )

    /// The ways to change them, in the order of `templates`.
    enum Change: Int, CaseIterable {
        case insertCustomer
        case moveCustomer
        case insertProduct
        case repriceProduct
        case insertOrder
        case advanceOrder
        case deleteOrder
        case insertItem
        case deleteItem
        case insertPayment
        case refundPayment
        case insertShipment
        case deliverShipment

        var template: ChangeTemplate {
            switch self {
            case .insertCustomer: .insert(customers)
            case .moveCustomer: .update(customers, ["city", "segment", "updated_at"])
            case .insertProduct: .insert(products)
            case .repriceProduct: .update(products, ["price", "updated_at"])
            case .insertOrder: .insert(orders)
            case .advanceOrder: .update(orders, ["status", "updated_at"])
            case .deleteOrder: .delete(orders)
            case .insertItem: .insert(items)
            case .deleteItem: .delete(items)
            case .insertPayment: .insert(payments)
            case .refundPayment: .update(payments, ["status"])
            case .insertShipment: .insert(shipments)
            case .deliverShipment: .update(shipments, ["status", "delivered_at"])
            }
        }

        /// The change of one row with the values of the template's columns and key.
        func row(_ values: [String?]) -> RowChange { RowChange(rawValue, values) }
    }
}
