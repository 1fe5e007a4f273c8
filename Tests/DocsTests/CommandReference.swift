import ArgumentParser
import Foundation

/// The commands of a program with their arguments, as the documentation shows them.
struct CommandReference {
    /// What ArgumentParser tells of a program.
    private struct Tool: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    private struct Argument: Decodable, Hashable {
        struct Name: Decodable, Hashable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let defaultValue: String?
        let allValues: [String]?
        let isOptional: Bool
        let isRepeating: Bool
    }

    private let root: Command
    /// What many commands take, which is shown once.
    private let shared: [Argument]

    /// - Parameters:
    ///   - program: the type of the whole command line.
    ///   - shared: arguments that are shown once, above all commands; nil for none.
    /// - Throws: when what ArgumentParser tells is not understood.
    init(
        _ program: any ParsableCommand.Type,
        sharing shared: (any ParsableArguments.Type)? = nil
    ) throws {
        root = try Self.command(program)
        self.shared = try shared.map { Self.own(try Self.command($0)) } ?? []
    }

    private static func command(_ type: any ParsableArguments.Type) throws -> Command {
        try JSONDecoder().decode(Tool.self, from: Data(type._dumpHelp().utf8)).command
    }

    /// Without those that every command has.
    private static func own(_ command: Command) -> [Argument] {
        (command.arguments ?? []).filter { argument in
            !["help", "version"].contains(argument.valueName)
        }
    }

    /// A section for each command, in the order of the program's help; for a program without
    /// commands only its table.
    var markdown: String {
        let commands = Self.leaves(root, below: [])
        guard commands.count > 1 else { return Self.table(Self.own(root)) }
        var tables: [[Argument]: String] = [:]
        var parts = commands.map { name, command in
            section(name, command, &tables)
        }
        if !shared.isEmpty {
            parts.insert(
                "Every command that asks a job manager takes:\n\n\(Self.table(shared))",
                at: 0
            )
        }
        return parts.joined(separator: "\n")
    }

    /// The commands that do something, with the words that call them.
    private static func leaves(
        _ command: Command,
        below parents: [String]
    ) -> [(name: String, command: Command)] {
        let words = parents + [command.commandName]
        let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
        if below.isEmpty { return [(words.joined(separator: " "), command)] }
        return below.flatMap { leaves($0, below: words) }
    }

    /// The section of a command; `tables` says which command has shown a table, so that others
    /// only refer to it.
    private func section(
        _ name: String,
        _ command: Command,
        _ tables: inout [[Argument]: String]
    ) -> String {
        let all = Self.own(command)
        let asks = !shared.isEmpty && shared.allSatisfy(all.contains)
        let rest = asks ? all.filter { !shared.contains($0) } : all
        var text = "### `\(name)`\n\n\(command.abstract ?? "")"
        if asks { text += " Asks a job manager." }
        if rest.isEmpty { return text + "\n" }
        if rest.count > 1, let other = tables[rest] {
            return text + " Takes what `\(other)` takes.\n"
        }
        tables[rest] = name
        return text + "\n\n" + Self.table(rest)
    }

    private static func table(_ arguments: [Argument]) -> String {
        let rows = arguments.map { argument in
            "| `\(spelling(argument))` | \(argument.abstract ?? "") |\(initial(argument)) |"
        }
        let head = ["| Argument | Meaning | Default |", "|---|---|---|"]
        return (head + rows).joined(separator: "\n") + "\n"
    }

    /// As in `<file>`, `-D <key=value> …` or `--wait`.
    private static func spelling(_ argument: Argument) -> String {
        let names = (argument.names ?? []).map { name in
            (name.kind == "long" ? "--" : "-") + name.name
        }
        let value = argument.allValues?.joined(separator: "\\|") ?? argument.valueName ?? "value"
        var words = [names.joined(separator: ", ")].filter { !$0.isEmpty }
        if argument.kind != "flag" { words.append("<\(value)>") }
        if argument.isRepeating { words.append("…") }
        return words.joined(separator: " ")
    }

    private static func initial(_ argument: Argument) -> String {
        if let value = argument.defaultValue { return " `\(value)`" }
        return argument.isOptional ? "" : " required"
    }
}
