/// Who leads a cluster, as everybody can read it: one object for each epoch.
package struct LeaderRecord: Codable, Hashable, Sendable {
    /// Where a leader is reached.
    package struct Address: Codable, Hashable, Sendable {
        /// `host:port` of the control port, for task managers.
        package let control: String
        /// The address of the REST interface, for people and `jobctl`.
        package let rest: String

        package init(control: String, rest: String) {
            self.control = control
            self.rest = rest
        }
    }

    /// The name of a job manager and of this run of it.
    package struct Holder: Codable, Hashable, Sendable, CustomStringConvertible {
        /// What an operator calls it, such as the name of its pod.
        package let name: String
        /// Differs from run to run.
        package let incarnation: String

        package init(name: String, incarnation: String) {
            self.name = name
            self.incarnation = incarnation
        }

        package var description: String { name }
    }

    /// The fencing token: every leader has a higher one than all before it.
    package let epoch: UInt64
    package let holder: Holder
    package let address: Address
    /// Grows with every renewal: a record that does not change belongs to a leader that is gone.
    package var renewals: UInt64
    /// Set when the leader has stopped in peace: its successor need not wait.
    package var isReleased: Bool

    package init(
        epoch: UInt64,
        holder: Holder,
        address: Address,
        renewals: UInt64 = 0,
        isReleased: Bool = false
    ) {
        self.epoch = epoch
        self.holder = holder
        self.address = address
        self.renewals = renewals
        self.isReleased = isReleased
    }
}
