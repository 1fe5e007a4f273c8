// Sockets and child processes are in a target of their own, which builds in seconds; whoever has
// the test kit has them too.
@_exported public import ServerKit
