package import ArgumentParser
import Checkpoints
import Core
import FoundationEssentials

/// `jobctl savepoint inspect`: what a savepoint holds, without a cluster.
package struct SavepointInspectCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a savepoint or checkpoint holds; needs no cluster.",
        discussion: """
            PATH is the folder of a savepoint or checkpoint, or its _metadata. Shown are its \
            operators with the schema and size of their state, the positions of its sources and \
            the transactions that its sinks have prepared. Every file is looked at; --checksums \
            reads them as well. The exit code is 4 where a file is missing or has changed.

            EXAMPLE
              jobctl savepoint inspect /backup/orders/savepoint-3f2a
              jobctl savepoint inspect ./state/checkpoints/3f2a/chk-7 --checksums --output json
            """
    )

    @Argument(help: "The folder of a savepoint or checkpoint.")
    var path: String

    @Flag(help: "Read every file and compare its checksum.")
    var checksums = false

    @Option(help: "Tables for people, or JSON on standard output.")
    var output = OutputForm.text

    package init() {}

    package func run() throws {
        try run(open: SavepointLocation.open) { StandardStream.output.write($0) }
    }

    /// Does the work with the given way to open a store and to write.
    package func run(
        open: (String) throws(CommandFailure) -> SavepointLocation,
        write: (String) -> Void
    ) throws {
        let location = try open(path)
        let reader = CheckpointReader(store: location.store)
        let contents: SavepointContents
        do throws(CheckpointError) {
            let found = try reader.read(CheckpointReader.manifestName(location.key))
            contents = SavepointContents(
                found.manifest,
                defects: try reader.defects(found, checksums ? .checksums : .sizes)
            )
        } catch {
            throw CommandFailure(.checkpoint, error.description)
        }
        switch output {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            write(String(decoding: try encoder.encode(contents), as: UTF8.self) + "\n")
        case .text: write(contents.text(isChecked: checksums))
        }
        if !contents.defects.isEmpty {
            let count = RunObserver.counted(Int64(contents.defects.count), "defect")
            throw CommandFailure(
                .checkpoint,
                """
                '\(path)' cannot be restored: \(count). Use an older checkpoint, or copy the \
                files again.
                """
            )
        }
    }
}
