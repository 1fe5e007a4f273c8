import Daemons

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

exit(JobManagerCommand.execute(Array(CommandLine.arguments.dropFirst())))
