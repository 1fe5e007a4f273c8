import ConnectorCatalogue
import Connectors
import Core
import Daemons
import TestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// `jobmanager` and `taskmanager` as they are, with the `script` and `collect` tables of the stream
// tests beside the connectors of everybody.
let connectors = ConnectorRegistry(
    AllConnectors.registry.factories + [ScriptFactory(ScriptFiles()), CollectFactory()]
)
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "jobmanager":
    exit(JobManagerCommand.execute(Array(words.dropFirst()), connectors: connectors))
case "taskmanager":
    exit(TaskManagerCommand.execute(Array(words.dropFirst()), connectors: connectors))
default:
    StandardStream.error.write("error: the first word is jobmanager or taskmanager\n")
    exit(2)
}
