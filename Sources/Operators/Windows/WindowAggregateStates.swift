import Columnar
import JobGraph
import KeyedState

/// The states of a window aggregation, from its specification alone.
///
/// State 0 holds the accumulators of every slice; DISTINCT aggregates, and MIN and MAX of rows
/// that can be taken back, count their values slice by slice in states of their own.
struct WindowAggregateStates {
    static let groups: UInt8 = 0

    /// A state that counts values: slice ─▶ group, value ─▶ number of rows.
    struct Counting {
        let state: UInt8
        let calls: [Int]
        let argument: Int
        let argumentType: DataType
        let filter: Int?
    }

    let counting: [Counting]

    init(_ spec: WindowAggregateSpec) {
        var counting: [Counting] = []
        var places: [[Int?]] = []
        for (index, call) in spec.aggregates.enumerated() {
            guard let argument = call.argument, call.isCounted(inputRetracts: spec.inputRetracts)
            else { continue }
            let place = [argument, call.filter]
            if let known = places.firstIndex(of: place) {
                let old = counting[known]
                counting[known] = Counting(
                    state: old.state,
                    calls: old.calls + [index],
                    argument: argument,
                    argumentType: old.argumentType,
                    filter: old.filter
                )
                continue
            }
            places.append(place)
            counting.append(
                Counting(
                    state: UInt8(counting.count + 1),
                    calls: [index],
                    argument: argument,
                    argumentType: call.argumentType.notNull,
                    filter: call.filter
                )
            )
        }
        self.counting = counting
    }

    static func declarations(_ spec: WindowAggregateSpec) -> [StateDeclaration] {
        let aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
        return [
            StateDeclaration(
                id: groups,
                name: "slices",
                shape: .window,
                keyTypes: spec.keyTypes,
                subKeyTypes: [],
                rowTypes: aggregates.types
            )
        ]
            + WindowAggregateStates(spec).counting.map { state in
                StateDeclaration(
                    id: state.state,
                    name: "values-\(state.state)",
                    shape: .window,
                    keyTypes: spec.keyTypes,
                    subKeyTypes: [state.argumentType],
                    rowTypes: [.bigint.notNull]
                )
            }
    }
}

extension AggregateCall {
    /// Whether every value has to be counted to compute the aggregate.
    func isCounted(inputRetracts: Bool) -> Bool {
        switch function {
        case .min, .max: inputRetracts
        case .countStar: false
        case .count, .sum, .sum0, .avg: isDistinct
        }
    }
}
