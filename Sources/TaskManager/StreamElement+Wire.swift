import Checkpoints
import ClusterMessages
import ClusterProtocol
import Core
import Dataflow

extension StreamElement {
    /// The element as it is sent.
    var wireForm: DataElement {
        switch self {
        case .batch(let batch): .batch(batch)
        case .watermark(let watermark): .watermark(watermark)
        case .idle: .idle
        case .barrier(let barrier): .barrier(BarrierMark(barrier))
        }
    }
}

extension BarrierMark {
    private static let finalFlag: UInt8 = 1
    private static let stopsSourcesFlag: UInt8 = 2

    init(_ barrier: Barrier) {
        let place = barrier.savepoint.map { ControlCodec.encode($0) } ?? []
        self.init(
            checkpoint: barrier.checkpoint,
            flags: (barrier.isFinal ? Self.finalFlag : 0)
                | (barrier.stopsSources ? Self.stopsSourcesFlag : 0),
            text: String(decoding: place, as: UTF8.self)
        )
    }

    /// The barrier that it stands for.
    ///
    /// - Throws: when its text is no place of a savepoint.
    func barrier() throws(WrappedFailure) -> Barrier {
        Barrier(
            checkpoint: checkpoint,
            isFinal: flags & Self.finalFlag != 0,
            stopsSources: flags & Self.stopsSourcesFlag != 0,
            savepoint: text.isEmpty
                ? nil : try ControlCodec.decode(SavepointPlace.self, Array(text.utf8))
        )
    }
}
