import Columnar
import Expressions
import JobGraph

/// The condition of a join, taken apart.
private struct JoinCondition {
    /// Equal expressions of both sides, the right one over the right side's own columns.
    var keys: [(left: Expression, right: Expression, nullsAreEqual: Bool)] = []
    /// What must hold besides.
    var rest: [Expression] = []

    init(_ condition: Expression, leftWidth width: Int) {
        for conjunct in condition.conjuncts {
            guard case .call(let function, let arguments, _) = conjunct, arguments.count == 2,
                function == "=" || function == "IS NOT DISTINCT FROM",
                arguments[0].type.kind.layout == arguments[1].type.kind.layout,
                let (left, right) = Self.sides(arguments[0], arguments[1], width)
            else {
                rest.append(conjunct)
                continue
            }
            keys.append((left, right.shifted(by: -width), function != "="))
        }
    }

    private static func sides(
        _ first: Expression,
        _ second: Expression,
        _ width: Int
    ) -> (Expression, Expression)? {
        func isLeft(_ expression: Expression) -> Bool {
            !expression.columns.isEmpty && expression.columns.allSatisfy { $0 < width }
        }
        func isRight(_ expression: Expression) -> Bool {
            !expression.columns.isEmpty && expression.columns.allSatisfy { $0 >= width }
        }
        if isLeft(first), isRight(second) { return (first, second) }
        if isRight(first), isLeft(second) { return (second, first) }
        return nil
    }
}

extension PhysicalPlanner {
    func planJoin(
        _ relation: Relation,
        _ left: Relation,
        _ right: Relation,
        _ kind: JoinKind,
        _ condition: Expression
    ) throws(PlannerError) -> PhysicalNode {
        let parts = JoinCondition(condition, leftWidth: left.columns.count)
        let (leftNode, leftKey) = keyed(try plan(left), parts.keys.map(\.left))
        let (rightNode, rightKey) = keyed(try plan(right), parts.keys.map(\.right))
        let extra = leftNode.columns.count - left.columns.count
        let rest = parts.rest.map { condition in
            condition.replacingColumns { index, type in
                .column(index: index < left.columns.count ? index : index + extra, type: type)
            }
        }
        var inputs = JoinInputs(
            left: leftNode,
            right: rightNode,
            leftKey: leftKey,
            rightKey: rightKey,
            nullsAreEqual: parts.keys.map(\.nullsAreEqual),
            kind: kind,
            rest: rest
        )
        let joined =
            try windowJoin(&inputs) ?? regularJoin(inputs)
        // Columns that were only computed to be compared are not passed on.
        let leftColumns = Array(0..<left.columns.count)
        let rightColumns = (0..<right.columns.count).map { leftNode.columns.count + $0 }
        let kept = leftColumns + rightColumns
        guard kept.count < joined.columns.count else { return joined }
        return calc(
            joined,
            nil,
            kept.map { .column(index: $0, type: joined.columns[$0].type) },
            kept.map { joined.columns[$0] }
        )
    }

    /// The node with a column for each key expression.
    private func keyed(
        _ node: PhysicalNode,
        _ keys: [Expression]
    ) -> (PhysicalNode, [Int]) {
        var projection: [Expression] = node.columns.enumerated().map { index, column in
            .column(index: index, type: column.type)
        }
        var columns = node.columns
        let places = keys.map { key -> Int in
            if case .column(let index, _) = key { return index }
            if let known = projection.firstIndex(of: key) { return known }
            projection.append(key)
            columns.append(RelationColumn("$key\(projection.count)", key.type))
            return projection.count - 1
        }
        return (calc(node, nil, projection, columns), places)
    }
}

/// What a join operator is made of.
private struct JoinInputs {
    let left: PhysicalNode
    let right: PhysicalNode
    var leftKey: [Int]
    var rightKey: [Int]
    var nullsAreEqual: [Bool]
    let kind: JoinKind
    let rest: [Expression]

    /// The types that both sides' keys are encoded in.
    var keyTypes: [DataType] {
        zip(leftKey, rightKey).map { leftColumn, rightColumn in
            let type = left.columns[leftColumn].type
            let isNullable = type.isNullable || right.columns[rightColumn].type.isNullable
            return type.nullable(isNullable)
        }
    }

    var columns: [RelationColumn] {
        (left.columns.map { kind.keepsRight ? $0.nullableColumn : $0 }
            + right.columns.map { kind.keepsLeft ? $0.nullableColumn : $0 }).map(\.materialized)
    }

    var condition: Expression? { rest.isEmpty ? nil : .conjunction(rest) }

    func text(_ name: String) -> String {
        let names = left.names + right.names
        let width = left.columns.count
        let equalities = zip(leftKey, rightKey).enumerated().map { index, pair in
            let symbol = nullsAreEqual[index] ? "IS NOT DISTINCT FROM" : "="
            return "(\(names[pair.0]) \(symbol) \(names[width + pair.1]))"
        }
        let all = (equalities + rest.map { $0.text(names) }).joined(separator: " AND ")
        let type = kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
        let outer = kind == .inner ? "InnerJoin" : "\(type)OuterJoin"
        return """
            \(name)(joinType=[\(outer)], where=[\(all.isEmpty ? "true" : all)], \
            select=[\(names.joined(separator: ", "))])
            """
    }
}

extension PhysicalPlanner {
    private func regularJoin(_ inputs: JoinInputs) -> PhysicalNode {
        let types = inputs.keyTypes
        let left = side(inputs.left, inputs.leftKey)
        let right = side(inputs.right, inputs.rightKey)
        let spec = JoinSpec(
            kind: inputs.kind,
            left: left,
            right: right,
            keyTypes: types,
            nullsAreEqual: inputs.nullsAreEqual,
            condition: inputs.condition
        )
        let isAppendOnly =
            inputs.kind == .inner && inputs.left.changes.isAppendOnly
            && inputs.right.changes.isAppendOnly
        let names = zip(inputs.leftKey, inputs.rightKey).map {
            "\(inputs.left.names[$0])=\(inputs.right.names[$1])"
        }
        return PhysicalNode(
            .fixed(.join(spec)),
            inputs: [
                exchanged(inputs.left, by: inputs.leftKey, types: types),
                exchanged(inputs.right, by: inputs.rightKey, types: types),
            ],
            columns: inputs.columns,
            title: inputs.text("Join").dropLast()
                + """
                , leftInputSpec=[\(PlanText.identity(left))], \
                rightInputSpec=[\(PlanText.identity(right))])
                """,
            meaning: """
                join \(inputs.kind) [\(names.joined(separator: ","))]\
                (\(inputs.left.meaning); \(inputs.right.meaning))
                """,
            changes: isAppendOnly
                ? .append
                : RowChanges(updates: true, deletes: true, alwaysSendsUpdateBefore: true),
            keys: keys(inputs),
            distribution: nil,
            stateNote: "all rows of both sides"
        )
    }

    private func side(_ node: PhysicalNode, _ key: [Int]) -> JoinSide {
        let identity: JoinSideKey =
            if node.keys.isUnique(Set(key)) {
                .joinKeyIsUnique
            } else if let unique = node.keys.unique.min(by: { $0.count < $1.count }) {
                .unique(unique.sorted())
            } else {
                .none
            }
        return JoinSide(key: key, identity: identity, isAppendOnly: node.changes.isAppendOnly)
    }

    /// A side's keys hold for the join where each of its rows meets at most one of the other.
    private func keys(_ inputs: JoinInputs) -> KeyFacts {
        let width = inputs.left.columns.count
        let left = inputs.left.keys.exchanged(by: inputs.leftKey)
        let right = inputs.right.keys.exchanged(by: inputs.rightKey)
        let leftIsUnique = inputs.left.keys.isUnique(Set(inputs.leftKey))
        let rightIsUnique = inputs.right.keys.isUnique(Set(inputs.rightKey))
        func combine(_ left: [Set<Int>], _ right: [Set<Int>]) -> [Set<Int>] {
            let moved = right.map { Set($0.map { $0 + width }) }
            var keys: [Set<Int>] = []
            if rightIsUnique, !inputs.kind.keepsRight { keys += left }
            if leftIsUnique, !inputs.kind.keepsLeft { keys += moved }
            for first in left { keys += moved.map { first.union($0) } }
            return keys.filter { !$0.isEmpty || inputs.leftKey.isEmpty }
        }
        return KeyFacts(
            unique: combine(left.unique, right.unique),
            upsert: combine(left.upsert ?? [], right.upsert ?? [])
        )
    }

    /// A join on the start and end of equal windows, or nil.
    private func windowJoin(_ inputs: inout JoinInputs) throws(PlannerError) -> PhysicalNode? {
        guard let left = inputs.left.window, let right = inputs.right.window,
            left.kind == right.kind, left.isLocal == right.isLocal
        else { return nil }
        let pairs = Array(zip(inputs.leftKey, inputs.rightKey))
        guard pairs.contains(where: { left.starts.contains($0) && right.starts.contains($1) }),
            let end = pairs.first(where: { left.ends.contains($0) && right.ends.contains($1) })
        else { return nil }
        for node in [inputs.left, inputs.right] where !node.changes.isAppendOnly {
            throw PlannerError.updatesNotSupported("StreamPhysicalWindowJoin", node)
        }
        let kept = pairs.indices.filter { index in
            let (leftColumn, rightColumn) = pairs[index]
            return !(left.starts.contains(leftColumn) && right.starts.contains(rightColumn))
                && !(left.ends.contains(leftColumn) && right.ends.contains(rightColumn))
        }
        let title = inputs.text("WindowJoin")
        inputs.leftKey = kept.map { pairs[$0].0 }
        inputs.rightKey = kept.map { pairs[$0].1 }
        inputs.nullsAreEqual = kept.map { inputs.nullsAreEqual[$0] }
        let types = inputs.keyTypes
        let spec = WindowJoinSpec(
            kind: inputs.kind,
            leftKey: inputs.leftKey,
            rightKey: inputs.rightKey,
            keyTypes: types,
            nullsAreEqual: inputs.nullsAreEqual,
            leftWindowEnd: end.0,
            rightWindowEnd: end.1,
            shiftTimeZone: left.isLocal ? session.timeZone : nil,
            condition: inputs.condition
        )
        let width = inputs.left.columns.count
        let window = inputs.kind == .inner ? left.joined(right, shiftedBy: width) : nil
        let names = zip(inputs.leftKey, inputs.rightKey).map {
            "\(inputs.left.names[$0])=\(inputs.right.names[$1])"
        }
        return PhysicalNode(
            .fixed(.windowJoin(spec)),
            inputs: [
                exchanged(inputs.left, by: inputs.leftKey, types: types),
                exchanged(inputs.right, by: inputs.rightKey, types: types),
            ],
            columns: inputs.columns,
            title: title,
            meaning: """
                window join \(inputs.kind) [\(names.joined(separator: ","))]\
                (\(inputs.left.meaning); \(inputs.right.meaning))
                """,
            changes: .append,
            keys: KeyFacts(unique: [], upsert: []),
            distribution: nil,
            window: window,
            stateNote: "the rows of the windows that are open"
        )
    }
}

extension WindowTrait {
    /// The trait of joined rows: the window columns of both sides.
    func joined(_ right: WindowTrait, shiftedBy width: Int) -> WindowTrait {
        func union(_ left: Set<Int>, _ right: Set<Int>) -> Set<Int> {
            left.union(right.map { $0 + width })
        }
        return WindowTrait(
            kind: kind,
            isLocal: isLocal,
            starts: union(starts, right.starts),
            ends: union(ends, right.ends),
            times: union(times, right.times)
        )
    }
}
