/// The named limits of this module.
package enum ProtocolLimits {
    /// The version that both ends of a connection must speak.
    package static let version = 1
    /// The body of a frame of the handshake, and of the goodbye.
    package static let greetingBytesMax = 16 << 10
    /// The body of a control frame, unless configured: a job graph and its split positions.
    package static let controlBytesMax = 64 << 20
    /// The body of a data frame, unless configured.
    package static let dataBytesMax = 32 << 20
    /// All pieces of one batch that did not fit into one frame.
    package static let piecedBatchBytesMax = 2 << 30
    /// The name of a sender, of its cluster and of its release, in bytes of UTF-8.
    package static let idBytesMax = 256
    /// How many characters of a name are repeated that breaks that rule.
    package static let shownCharactersMax = 64
    /// The text of a barrier, in bytes of UTF-8.
    package static let barrierTextBytesMax = 4 << 10
    /// The most that a byte of an LZ4 block can stand for.
    package static let compressionRatioMax = 255
}
