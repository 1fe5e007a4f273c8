import Columnar
import JobGraph
import KeyedState

/// The states of a group aggregation, from its specification alone.
///
/// State 0 holds the accumulators; every distinct argument and every MIN or MAX that rows can be
/// taken from counts its values in a state of its own.
struct GroupAggregateStates {
    /// The state with the accumulators.
    static let groups: UInt8 = 0

    /// A state that counts values: group ─▶ value ─▶ number of rows.
    struct Counting {
        let state: UInt8
        /// The aggregates that it serves.
        let calls: [Int]
        let argument: Int
        let argumentType: DataType
        let filter: Int?
    }

    private(set) var distinct: [Counting] = []
    /// By aggregate.
    private(set) var extremes: [Int: Counting] = [:]

    init(_ spec: GroupAggregateSpec) {
        guard !spec.hasLocalPhase else { return }
        var next: UInt8 = 1
        var shared: [[Int?]: [Int]] = [:]
        var order: [[Int?]] = []
        for (index, call) in spec.aggregates.enumerated() {
            guard let argument = call.argument else { continue }
            let isExtreme = call.function == .min || call.function == .max
            if isExtreme, spec.inputRetracts {
                extremes[index] = Counting(
                    state: next,
                    calls: [index],
                    argument: argument,
                    argumentType: call.argumentType.notNull,
                    filter: call.filter
                )
                next += 1
            } else if call.isDistinct, !isExtreme {
                let place = [argument, call.filter]
                if shared[place] == nil { order.append(place) }
                shared[place, default: []].append(index)
            }
        }
        for place in order {
            guard let calls = shared[place], let first = calls.first, let argument = place[0]
            else { continue }
            distinct.append(
                Counting(
                    state: next,
                    calls: calls,
                    argument: argument,
                    argumentType: spec.aggregates[first].argumentType.notNull,
                    filter: place[1]
                )
            )
            next += 1
        }
    }

    /// What the operator keeps, for the state store and for checkpoints.
    static func declarations(_ spec: GroupAggregateSpec) -> [StateDeclaration] {
        let aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
        let states = GroupAggregateStates(spec)
        let counting = states.distinct + states.extremes.values.sorted { $0.state < $1.state }
        return [
            StateDeclaration(
                id: groups,
                name: "groups",
                shape: .value,
                keyTypes: spec.keyTypes,
                subKeyTypes: [],
                rowTypes: aggregates.types
            )
        ]
            + counting.map { state in
                StateDeclaration(
                    id: state.state,
                    name: "values-\(state.state)",
                    shape: .multimap,
                    keyTypes: spec.keyTypes,
                    subKeyTypes: [state.argumentType],
                    rowTypes: [.bigint.notNull]
                )
            }
    }
}
