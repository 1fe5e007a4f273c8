package import Columnar
package import JobGraph
package import KeyedState

/// Builds the operator of a node, and tells what state it keeps.
package enum OperatorFactory {
    /// The one switch over all operators; runs on the slot thread.
    ///
    /// - `spec`: what the node does.
    /// - `inputs`: the columns of each input.
    /// - `context`: what the operator may use.
    /// - Throws when an expression cannot be computed.
    package static func make(
        _ spec: NodeSpec,
        inputs: [Schema],
        _ context: OperatorContext
    ) throws(OperatorError) -> any Operator {
        switch spec {
        case .source, .values, .union: PassOperator()
        case .watermark(let spec): try WatermarkOperator(spec, context)
        case .calc(let spec): try CalcOperator(spec, context)
        case .dropUpdateBefore: DropUpdateBeforeOperator()
        case .changelogNormalize(let spec):
            try ChangelogNormalizeOperator(spec, input: inputs[0], context)
        case .join(let spec): try JoinOperator(spec, left: inputs[0], right: inputs[1], context)
        case .windowJoin(let spec):
            try WindowJoinOperator(spec, left: inputs[0], right: inputs[1], context)
        case .groupAggregate(let spec): GroupAggregateOperator(spec, context)
        case .localGroupAggregate(let spec): LocalGroupAggregateOperator(spec)
        case .windowAssign(let spec): WindowAssignOperator(spec)
        case .windowAggregate(let spec): WindowAggregateOperator(spec, context)
        case .localWindowAggregate(let spec): LocalWindowAggregateOperator(spec)
        case .sinkMaterialize(let spec):
            SinkMaterializeOperator(spec, input: inputs[0], context)
        case .sink(let spec): SinkConstraintOperator(spec, context.metrics)
        }
    }

    /// The keyed states of a node; empty for operators without state.
    package static func stateDeclarations(
        _ spec: NodeSpec,
        inputs: [Schema]
    ) -> [StateDeclaration] {
        switch spec {
        case .source, .values, .union, .watermark, .calc, .dropUpdateBefore,
            .localGroupAggregate, .windowAssign, .localWindowAggregate, .sink:
            []
        case .changelogNormalize(let spec):
            ChangelogNormalizeOperator.declarations(spec, input: inputs[0])
        case .join(let spec):
            JoinOperator.declarations(spec, left: inputs[0], right: inputs[1])
        case .windowJoin(let spec):
            WindowJoinOperator.declarations(spec, left: inputs[0], right: inputs[1])
        case .groupAggregate(let spec): GroupAggregateStates.declarations(spec)
        case .windowAggregate(let spec): WindowAggregateStates.declarations(spec)
        case .sinkMaterialize(let spec):
            SinkMaterializeOperator.declarations(spec, input: inputs[0])
        }
    }
}
