import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// The old group windows: `GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)` with `TUMBLE_START(…)`.
///
/// They are bound as a window table function over the input, grouped by its start and end.
struct LegacyWindows {
    private static let names: Set<String> = ["TUMBLE", "HOP", "SESSION"]

    /// The scope over the input, with window columns if there is a group window.
    let scope: FromScope
    /// The window columns to group by; empty without a group window.
    let keys: [Expressions.Expression]
    private let call: FunctionCall?

    init(_ select: Select, _ scope: FromScope) throws(PlannerError) {
        let found = select.groupBy?.elements.lazy.compactMap { element -> FunctionCall? in
            if case .expression(.call(let call)) = element, Self.isWindow(call) { return call }
            return nil
        }.first
        call = found
        guard let found else {
            self.scope = scope
            keys = []
            return
        }
        let window = try WindowBinder.legacy(found, scope)
        var windowed = scope
        windowed.relation = window
        self.scope = windowed
        let width = scope.relation.columns.count
        keys = (0..<3).map { window.column(width + $0) }
    }

    private static func isWindow(_ call: FunctionCall) -> Bool {
        names.contains(call.name.dotted.uppercased()) && call.over == nil
    }

    /// Whether an expression is the group window itself.
    func isWindow(_ expression: SQLSyntax.Expression) -> Bool {
        if case .call(let call) = expression { return Self.isWindow(call) }
        return false
    }

    /// `TUMBLE_START(…)` and its kin as a window column; nil for other calls.
    func value(_ other: FunctionCall) throws(PlannerError) -> Expressions.Expression? {
        let parts = other.name.dotted.uppercased().split(separator: "_")
        guard parts.count == 2, Self.names.contains(String(parts[0])) else { return nil }
        guard let role = ["START", "END", "ROWTIME"].firstIndex(of: String(parts[1])) else {
            return nil
        }
        guard let call, call.name.dotted.uppercased() == parts[0],
            call.arguments.map(\.value) == other.arguments.map(\.value)
        else {
            throw PlannerError(
                "Window aggregate functions must be used in conjunction with GROUP BY "
                    + "the same window.",
                at: other.range
            )
        }
        return keys[role]
    }
}
