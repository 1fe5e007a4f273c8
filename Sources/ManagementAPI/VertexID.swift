package import Core

/// The 32 hexadecimal digits that stand for an operator where Flink has a JobVertexID.
package enum VertexID {
    /// What stands for the one group of operators that share slots.
    package static let slotSharingGroup = text(of: OperatorUID("slots"))

    /// The digits of an operator: two FNV-1a hashes of its uid.
    package static func text(of uid: OperatorUID) -> String {
        let halves = [hash(uid.text, 0xcbf2_9ce4_8422_2325), hash(uid.text, 0x6c62_272e_07bb_0142)]
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func hash(_ text: String, _ start: UInt64) -> UInt64 {
        text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
