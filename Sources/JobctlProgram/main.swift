import Core
import JobControl

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

exit(Jobctl.execute(Array(CommandLine.arguments.dropFirst())))
