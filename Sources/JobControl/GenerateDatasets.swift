package import ArgumentParser
import Generators

/// `jobctl generate cards`: what the demo reads.
package struct GenerateCardsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "cards",
        abstract: "Customers and their card transactions, into PostgreSQL.",
        discussion: """
            Writes the tables customers and card_transactions. A transaction starts PENDING; most \
            become COMPLETED, some REVERSED, some are deleted, all within five minutes of event \
            time. Customers come, move, change their tier and go. Where the tables hold rows \
            already, new ones go on from there.

            EXAMPLE
              jobctl generate cards --url postgres://app:secret@localhost:5432/bank \\
                --create --rate 2000 --count 120000 --time-factor 240
            """
    )

    @OptionGroup var database: DatabaseGeneration

    package init() {}

    package func run() throws { try database.run(CardsGenerator.self) }
}

/// `jobctl generate engagement`: what people do with content.
package struct GenerateEngagementCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "engagement",
        abstract: "Content and what people do with it, into PostgreSQL.",
        discussion: """
            Writes the tables content and engagement_events: view, like, share, comment, and play, \
            pause and finish with the time played. Likes are taken back, comments edited, content \
            renamed, hidden and deleted.

            EXAMPLE
              jobctl generate engagement --url postgres://app:secret@localhost:5432/media \\
                --create --rate 500 --burst-every 60s --burst-length 5s --burst-factor 10
            """
    )

    @OptionGroup var database: DatabaseGeneration

    package init() {}

    package func run() throws { try database.run(EngagementGenerator.self) }
}

/// `jobctl generate orders`: six tables of a shop.
package struct GenerateOrdersCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "A shop's customers, products, orders, payments and shipments, into PostgreSQL.",
        discussion: """
            Writes the tables customers, products, orders, order_items, payments and shipments. An \
            order goes from PLACED over PAID and SHIPPED to DELIVERED, or is CANCELLED or deleted; \
            rows that belong together are written in one transaction.

            EXAMPLE
              jobctl generate orders --url postgres://app:secret@localhost:5432/shop \\
                --create --count 100000 --rate 0
            """
    )

    @OptionGroup var database: DatabaseGeneration

    package init() {}

    package func run() throws { try database.run(OrdersGenerator.self) }
}
