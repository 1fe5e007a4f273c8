import FoundationEssentials

/// Reads compiled zone files, RFC 8536, version 2 or later.
enum ZoneFile {
    /// Where systems keep them.
    private static let folder = "/usr/share/zoneinfo/"

    /// The zone of that name; nil when there is no such file.
    static func load(_ name: String) -> ZoneTable? {
        guard isName(name), let data = FileManager.default.contents(atPath: folder + name) else {
            return nil
        }
        return parse([UInt8](data))
    }

    /// Names are relative paths of letters, digits and `+ - _`.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "/"), name.utf8.count <= 64
        else { return false }
        return name.utf8.allSatisfy { byte in
            (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") <= 9
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        }
    }

    /// The zone in the bytes of a file; nil when they are not one.
    static func parse(_ bytes: [UInt8]) -> ZoneTable? {
        var reader = Reader(bytes: bytes)
        guard let first = reader.header(), first.version >= UInt8(ascii: "2") else { return nil }
        // The first block has 32-bit times, for old readers.
        reader.position += first.blockSize(timeSize: 4)
        guard let counts = reader.header() else { return nil }
        return reader.table(counts)
    }

    /// The numbers in front of a block.
    private struct Counts {
        let version: UInt8
        let isUT: Int
        let isStandard: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        func blockSize(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4)
                + isStandard + isUT
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        mutating func header() -> Counts? {
            guard position + 44 <= bytes.count,
                Array(bytes[position..<position + 4]) == Array("TZif".utf8)
            else { return nil }
            let version = bytes[position + 4]
            let numbers = (0..<6).map { integer(position + 20 + $0 * 4, width: 4) }
            position += 44
            guard numbers.allSatisfy({ $0 >= 0 && $0 <= 100_000 }) else { return nil }
            return Counts(
                version: version,
                isUT: Int(numbers[0]),
                isStandard: Int(numbers[1]),
                leaps: Int(numbers[2]),
                times: Int(numbers[3]),
                types: Int(numbers[4]),
                characters: Int(numbers[5])
            )
        }

        func integer(_ start: Int, width: Int) -> Int64 {
            var value: Int64 = bytes[start] & 0x80 != 0 ? -1 : 0
            for offset in 0..<width { value = value << 8 | Int64(bytes[start + offset]) }
            return value
        }

        func table(_ counts: Counts) -> ZoneTable? {
            let end = position + counts.blockSize(timeSize: 8)
            guard end <= bytes.count, counts.types > 0 else { return nil }
            let indexStart = position + counts.times * 8
            let typeStart = indexStart + counts.times
            let types = (0..<counts.types).map { Int32(integer(typeStart + $0 * 6, width: 4)) }
            guard types.allSatisfy({ abs(Int($0)) < 86_400 * 2 }) else { return nil }
            var transitions: [Int64] = []
            var offsets: [Int32] = []
            for index in 0..<counts.times {
                let type = Int(bytes[indexStart + index])
                let moment = integer(position + index * 8, width: 8)
                guard type < types.count, moment > transitions.last ?? .min else { return nil }
                transitions.append(moment)
                offsets.append(types[type])
            }
            return ZoneTable(
                transitions: transitions,
                offsets: offsets,
                initialOffset: types[0],
                rule: footer(end)
            )
        }

        /// The rule between two line feeds at the end of the file.
        private func footer(_ start: Int) -> PosixZoneRule? {
            guard start < bytes.count, bytes[start] == UInt8(ascii: "\n") else { return nil }
            let text = bytes[(start + 1)...].prefix { $0 != UInt8(ascii: "\n") }
            return PosixZoneRule(String(decoding: text, as: UTF8.self))
        }
    }
}
