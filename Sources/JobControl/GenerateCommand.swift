package import ArgumentParser

/// `jobctl generate`: the seeds of demos, load tests and the exactly-once tests.
package struct GenerateCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write made-up rows: changes to a database, or files.",
        discussion: """
            The same --seed, and for databases the same --start-time, --rate and --time-factor, \
            give the same rows.

            EXAMPLE
              jobctl generate cards --url postgres://app:secret@localhost:5432/bank --create
            """,
        subcommands: [
            GenerateCardsCommand.self, GenerateEngagementCommand.self,
            GenerateOrdersCommand.self, GenerateNexmarkCommand.self,
        ]
    )

    package init() {}
}
