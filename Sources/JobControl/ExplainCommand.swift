package import ArgumentParser
import Core
import Planner

/// `jobctl explain`: shows the plan of a script.
package struct ExplainCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show how a SQL script would run, without running it.",
        discussion: """
            Prints the query as it was understood and the plan with changelog modes, upsert \
            keys, uids and what each operator keeps in state.

            EXAMPLE
              jobctl explain orders.sql
            """
    )

    @OptionGroup var script: ScriptArguments

    package init() {}

    package func run() throws {
        let plan = try script.plan(script.read())
        for text in plan.shown { StandardStream.output.write(text + "\n") }
        if plan.graph != nil {
            StandardStream.output.write(plan.explanation + "\n")
            for guarantee in plan.guarantees {
                StandardStream.output.write("Guarantee of \(guarantee)\n")
            }
        }
    }
}
