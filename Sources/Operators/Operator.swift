package import Columnar
package import Core

/// One step of a dataflow, run by one slot thread alone (DESIGN §7).
///
/// An operator never sees barriers: the slot loop aligns them, calls `prepareCheckpoint`, freezes
/// keyed state and sends them on.
package protocol Operator: AnyObject {
    /// Takes rows of one input.
    func process(
        _ batch: RecordBatch,
        input: Int,
        into output: any OperatorOutput
    )
        throws(OperatorError)

    /// Event time has reached the watermark on all inputs; sends it on when it is dealt with.
    func advance(
        to watermark: WatermarkMilliseconds,
        into output: any OperatorOutput
    )
        throws(OperatorError)

    /// A checkpoint is about to be taken: writes what is pending into keyed state.
    ///
    /// - Returns: the operator's own small state, if any; every instance gets those of all former
    ///   instances back on restore, whatever the parallelism.
    func prepareCheckpoint(_ checkpoint: CheckpointID) throws(OperatorError) -> [UInt8]?

    /// No row will come any more.
    func finish(into output: any OperatorOutput) throws(OperatorError)
}

extension Operator {
    package func advance(
        to watermark: WatermarkMilliseconds,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        try output.emit(watermark: watermark)
    }

    package func prepareCheckpoint(_: CheckpointID) throws(OperatorError) -> [UInt8]? { nil }

    package func finish(into _: any OperatorOutput) throws(OperatorError) {}
}

/// Where an operator's results go; the slot loop connects it to the next ones.
package protocol OperatorOutput: AnyObject {
    /// Sends rows on; a batch without rows is ignored.
    func emit(_ batch: RecordBatch) throws(OperatorError)

    /// Sends a watermark on; it may not fall.
    func emit(watermark: WatermarkMilliseconds) throws(OperatorError)
}
