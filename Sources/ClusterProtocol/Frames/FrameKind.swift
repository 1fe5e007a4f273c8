/// What a frame says; the raw value is its byte on the wire.
package enum FrameKind: UInt8, Sendable, CaseIterable {
    /// The first frame of whoever dialled: `Hello` as JSON.
    case hello = 1
    /// The first frame of whoever was dialled: `HelloAccepted` as JSON.
    case helloAccepted = 2
    /// The last frame of whoever refuses the other: `Farewell` as JSON.
    case refused = 3
    /// The last frame of whoever closes in good order: `Farewell` as JSON.
    case goodbye = 4
    /// A message of the control plane: JSON that this module does not look into.
    case control = 5
    /// Rows of a channel.
    case batch = 16
    case watermark = 17
    case idle = 18
    case barrier = 19
    /// Room for more batches; the only kind that runs from a channel's receiver to its sender.
    case credit = 20

    /// Whether the body starts with a channel.
    package var isData: Bool { rawValue >= FrameKind.batch.rawValue }
}
