import PostgresConnector
import TestKit
import Testing

/// Builds messages as the server would.
private struct MessageWriter {
    var bytes: [UInt8]

    init(_ tag: Character) {
        bytes = [tag.asciiValue ?? 0]
    }

    mutating func number(_ value: UInt64, _ width: Int) {
        for shift in stride(from: (width - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    mutating func text(_ text: String) {
        bytes += Array(text.utf8) + [0]
    }

    mutating func tag(_ tag: Character) {
        bytes.append(tag.asciiValue ?? 0)
    }

    /// `nil` is NULL, `?` an unchanged value.
    mutating func tuple(_ values: [String?]) {
        number(UInt64(values.count), 2)
        for value in values {
            guard let value else {
                tag("n")
                continue
            }
            if value == "?" {
                tag("u")
                continue
            }
            tag("t")
            number(UInt64(value.utf8.count), 4)
            bytes += Array(value.utf8)
        }
    }
}

struct PgOutputTests {
    private static let samples: [[UInt8]] = {
        var begin = MessageWriter("B")
        begin.number(0x16_B374_D848, 8)
        begin.number(1_000_000, 8)
        begin.number(77, 4)
        var relation = MessageWriter("R")
        relation.number(9, 4)
        relation.text("public")
        relation.text("t")
        relation.tag("f")
        relation.number(2, 2)
        for (name, type) in [("id", 23), ("v", 25)] as [(String, UInt64)] {
            relation.number(1, 1)
            relation.text(name)
            relation.number(type, 4)
            relation.number(UInt64(UInt32.max), 4)
        }
        var insert = MessageWriter("I")
        insert.number(9, 4)
        insert.tag("N")
        insert.tuple(["1", nil])
        var update = MessageWriter("U")
        update.number(9, 4)
        update.tag("O")
        update.tuple(["1", "long"])
        update.tag("N")
        update.tuple(["2", "?"])
        var delete = MessageWriter("D")
        delete.number(9, 4)
        delete.tag("K")
        delete.tuple(["2", nil])
        var truncate = MessageWriter("T")
        truncate.number(2, 4)
        truncate.number(0, 1)
        truncate.number(9, 4)
        truncate.number(10, 4)
        var commit = MessageWriter("C")
        commit.number(0, 1)
        commit.number(5, 8)
        commit.number(6, 8)
        commit.number(0, 8)
        return [begin, relation, insert, update, delete, truncate, commit].map(\.bytes)
    }()

    @Test func `every kind of message is read`() throws {
        var decoder = PgOutputDecoder()
        var messages: [PgOutputMessage] = []
        for sample in Self.samples { messages.append(try decoder.decode(sample.span)) }
        #expect(
            messages[0]
                == .begin(
                    commit: LSN(0x16_B374_D848),
                    commitMicroseconds: 946_684_801_000_000,
                    xid: 77
                )
        )
        #expect(LSN(0x16_B374_D848).description == "16/B374D848")
        guard case .relation(let relation) = messages[1] else {
            Issue.record("not a relation")
            return
        }
        #expect(relation.schema == "public" && relation.name == "t")
        #expect(relation.columns.map(\.name) == ["id", "v"])
        #expect(relation.columns[1].typeModifier == -1)
        #expect(messages[2] == .insert(relation: 9))
        #expect(messages[3] == .update(relation: 9, old: .full))
        #expect(messages[4] == .delete(relation: 9, old: .key))
        #expect(messages[5] == .truncate(relations: [9, 10]))
        #expect(messages[6] == .commit(commit: LSN(5), end: LSN(6)))
    }

    @Test func `fields say where their values stand`() throws {
        var decoder = PgOutputDecoder()
        let update = Self.samples[3]
        _ = try decoder.decode(update.span)
        let old = decoder.oldFields.map { field in
            String(
                decoding: update[Int(field.start)..<Int(field.start + field.length)],
                as: UTF8.self
            )
        }
        #expect(old == ["1", "long"])
        #expect(decoder.newFields.map(\.kind) == [UInt8(ascii: "t"), UInt8(ascii: "u")])
    }

    @Test(arguments: 1...20)
    func `damaged messages give errors, never traps or fields outside`(seed: UInt64) {
        var random = Seeded(seed)
        var decoder = PgOutputDecoder()
        var refused = 0
        for _ in 0..<3000 {
            var bytes = Self.samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(place...)
                default: bytes.insert(255, at: place)
                }
            }
            do {
                _ = try decoder.decode(bytes.span)
                for field in decoder.newFields + decoder.oldFields {
                    #expect(field.start >= 0 && field.length >= 0)
                }
                switch bytes.first {
                case UInt8(ascii: "I"):
                    let ends = decoder.newFields.map { Int($0.start) + Int($0.length) }
                    #expect(ends.allSatisfy { $0 <= bytes.count })
                default: break
                }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100 && refused < 3000)
    }

    @Test func `a snapshot sees what was committed before it, across the wrap of numbers`() throws {
        let snapshot = try #require(XidSnapshot(text: "100:110:103,105"))
        #expect((95..<100).allSatisfy { snapshot.sees($0) })
        #expect(!snapshot.sees(103) && !snapshot.sees(105))
        #expect(snapshot.sees(104) && !snapshot.sees(110) && !snapshot.sees(4000))
        let wrapped = try #require(XidSnapshot(text: "8589934590:8589934600:8589934593"))
        #expect(wrapped.sees(UInt32.max - 5))
        #expect(!wrapped.sees(1) && wrapped.sees(2) && !wrapped.sees(8))
    }
}
