import Daemons

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

exit(TaskManagerCommand.execute(Array(CommandLine.arguments.dropFirst())))
