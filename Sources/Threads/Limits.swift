/// The named limits of this module.
package enum ThreadLimits {
    /// The stack of a worker thread: expression evaluation and parsing recurse.
    package static let stackBytes = 4 << 20
}
