/// The tables of customers and their card transactions.
enum CardsTables {
    static let customers = GeneratedTable(
        "customers",
        key: ["customer_id"],
        [
            ("customer_id", "bigint"), ("name", "text"), ("email", "text"), ("city", "text"),
            ("tier", "text"), ("credit_limit", "numeric(18,2)"),
            ("updated_at", "timestamptz(3)"),
        ]
    )
    static let transactions = GeneratedTable(
        "card_transactions",
        key: ["transaction_id"],
        [
            ("transaction_id", "bigint"), ("account_id", "bigint"), ("customer_id", "bigint"),
            ("amount", "numeric(18,2)"), ("currency", "text"), ("merchant", "text"),
            ("category", "text"), ("status", "text"), ("created_at", "timestamp(3)"),
            ("updated_at", "timestamp(3)"),
        ]
    )

    /// The ways to change them, in the order of `templates`.
    enum Change: Int, CaseIterable {
        case insertCustomer
        case moveCustomer
        case promoteCustomer
        case deleteCustomer
        case insertTransaction
        case settleTransaction
        case correctTransaction
        case deleteTransaction

        var template: ChangeTemplate {
            switch self {
            case .insertCustomer: .insert(customers)
            case .moveCustomer: .update(customers, ["city", "updated_at"])
            case .promoteCustomer: .update(customers, ["tier", "credit_limit", "updated_at"])
            case .deleteCustomer: .delete(customers)
            case .insertTransaction: .insert(transactions)
            case .settleTransaction: .update(transactions, ["status", "updated_at"])
            case .correctTransaction: .update(transactions, ["amount", "updated_at"])
            case .deleteTransaction: .delete(transactions)
            }
        }

        /// The change of one row with the values of the template's columns and key.
        func row(_ values: [String?]) -> RowChange { RowChange(rawValue, values) }
    }
}
