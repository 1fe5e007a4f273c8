import Columnar
import Connectors
import Core
import Synchronization

/// What the `script` tables of a job are sent: steps, each of them rows of one table.
///
/// When the script is gated, a step begins once a checkpoint holds all rows of the steps before:
/// what a job makes of them is then determined, whatever its threads do. Else the steps of
/// different tables run side by side. One script outlives the restarts of its job.
package final class Script: Sendable {
    /// Rows that one table is sent at once.
    package struct Step: Sendable {
        package let table: String
        package let rows: ScriptRows

        package init(_ table: String, _ rows: ScriptRows) {
            self.table = table
            self.rows = rows
        }
    }

    /// What goes wrong, and when.
    package struct Faults: Sendable {
        /// Steps within which a reader fails, once each.
        package var failsWithin: Set<Int> = []
        /// Steps after whose checkpoint the source fails, once each.
        package var failsAfter: Set<Int> = []
        /// The step behind which no other begins, and which calls `onStop`.
        package var stopsAfter: Int?
        /// How many batches may be read before `onStop` is called.
        package var readsBeforeStop: Int?
        /// Ends the job from outside.
        package var onStop: @Sendable () -> Void = {}

        package init() {}
    }

    private struct State {
        var faults = Faults()
        /// The first step of each running table that no checkpoint holds, and whether it is read.
        var fronts: [String: (step: Int, isRead: Bool)] = [:]
        var parts: [Int: [ScriptPart]] = [:]
    }

    package let steps: [Step]
    private let isGated: Bool
    private let tables: Set<String>
    private let state = Mutex(State())

    package init(_ steps: [Step], isGated: Bool = true) {
        self.steps = steps
        self.isGated = isGated
        tables = Set(steps.map(\.table))
    }

    /// What goes wrong from now on.
    package var faults: Faults {
        get { state.withLock(\.faults) }
        set { state.withLock { $0.faults = newValue } }
    }

    /// The steps of a table, in order.
    func steps(of table: String) -> [Int] {
        steps.indices.filter { steps[$0].table == table }
    }

    /// The rows of a step, dealt to splits.
    func parts(_ step: Int, _ table: ScriptTable) throws(ConnectorError) -> [ScriptPart] {
        do {
            return try state.withLock { state in
                if let parts = state.parts[step] { return parts }
                let parts = try ScriptPart.deal(
                    steps[step].rows,
                    table.definition.columns.map(\.type),
                    splits: table.splits,
                    by: table.keyColumn
                )
                state.parts[step] = parts
                return parts
            }
        } catch {
            throw ConnectorError(blame: .user, "Step \(step + 1) of the script: \(error)")
        }
    }
}

// How far the tables of the running job are.
extension Script {
    /// A table begins or goes on with a step; `Int.max` when it has none left.
    func begin(_ step: Int, of table: String) {
        state.withLock { $0.fronts[table] = (step, false) }
    }

    /// All rows of a table's current step have been read.
    func finishReading(_ table: String) {
        state.withLock { $0.fronts[table]?.isRead = true }
    }

    /// The job of the table ends.
    func leave(_ table: String) {
        state.withLock { $0.fronts[table] = nil }
    }

    /// Whether a step may begin.
    func isOpen(_ step: Int) -> Bool {
        state.withLock { state in
            if let last = state.faults.stopsAfter, step > last { return false }
            return !isGated
                || state.fronts.count == tables.count
                    && state.fronts.values.allSatisfy { $0.step >= step }
        }
    }

    /// Whether the next step waits for nothing but a checkpoint.
    var needsCheckpoint: Bool {
        state.withLock { state in
            guard isGated, let first = state.fronts.values.min(by: { $0.step < $1.step }),
                first.step < state.faults.stopsAfter ?? .max
            else { return false }
            return first.isRead && state.fronts.count == tables.count
        }
    }
}

// Faults.
extension Script {
    /// Whether a reader has to fail within a step; true once.
    func mustFail(within step: Int) -> Bool {
        state.withLock { $0.faults.failsWithin.remove(step) != nil }
    }

    /// Whether the source has to fail now that a checkpoint holds a step; true once.
    func mustFail(after step: Int) -> Bool {
        state.withLock { $0.faults.failsAfter.remove(step) != nil }
    }

    /// A step is read; calls `onStop` if it is to be the last.
    func stopIfLast(_ step: Int) {
        let stop = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.faults.stopsAfter == step else { return nil }
            return state.faults.onStop
        }
        stop?()
    }

    /// A batch has been read.
    func countRead() {
        let stop = state.withLock { state -> (@Sendable () -> Void)? in
            guard let left = state.faults.readsBeforeStop else { return nil }
            state.faults.readsBeforeStop = left - 1
            return left == 0 ? state.faults.onStop : nil
        }
        stop?()
    }
}
