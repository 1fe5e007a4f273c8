import Columnar
import Core
import FoundationEssentials

/// The rows of one epoch, compact: with a key, only what became of each key.
///
/// Beyond its limit it drops what later rows of the same keys have made void, and what is still
/// too much goes to files.
final class EpochBuffer {
    /// Rows as stored bytes, with keys for finding the last row of each.
    struct Block {
        let rows: BytesValues
        /// Nil for tables without a key.
        let keys: BytesValues?
        /// 1 where the row deletes its key.
        let deletes: FixedValues<UInt8>

        var byteCount: Int {
            rows.totalLength + (keys?.totalLength ?? 0) + rows.count * 12
        }
    }

    private let types: [DataType]
    private let key: [Int]
    private let rowCodec: RowCodec
    private let keyCodec: KeyCodec
    private let bytesMax: Int
    private let scratchPath: String
    private let groups = GroupIndex()
    private var blocks: [Block] = []
    private var byteCount = 0
    private var files: [String] = []
    private var fileNumber = 0
    private(set) var rowCount = 0

    init(types: [DataType], key: [Int], bytesMax: Int64, scratchPath: String) {
        self.types = types
        self.key = key
        rowCodec = RowCodec(types)
        keyCodec = KeyCodec(key.map { types[$0] })
        self.bytesMax = Int(clamping: bytesMax)
        self.scratchPath = scratchPath
    }

    /// How many files hold rows of the epoch.
    var spilledFiles: Int { files.count }

    func add(_ batch: RecordBatch) throws(PostgresError) {
        guard batch.count > 0 else { return }
        let block = block(batch)
        blocks.append(block)
        byteCount += block.byteCount
        rowCount += batch.count
        guard byteCount > bytesMax else { return }
        compact()
        if byteCount > bytesMax / 2 { try spill() }
    }

    private func block(_ batch: RecordBatch) -> Block {
        let kinds = batch.kinds.bytes(count: batch.count)
        var deletes = FixedBuilder<UInt8>(count: batch.count)
        for row in 0..<batch.count { deletes[row] = kinds[row] & 1 }
        let keys =
            key.isEmpty
            ? nil : keyCodec.encodeBytes(key.map { batch.columns[$0] }, count: batch.count)
        return Block(
            rows: rowCodec.encode(batch.columns, count: batch.count),
            keys: keys,
            deletes: deletes.finish()
        )
    }

    /// Keeps the last row of each key.
    private func compact() {
        guard !key.isEmpty, blocks.count > 0 else { return }
        let merged = Self.lastOfEachKey(blocks, groups)
        blocks = [merged]
        byteCount = merged.byteCount
    }

    private static func lastOfEachKey(_ blocks: [Block], _ groups: GroupIndex) -> Block {
        let keys = BytesValues.concatenate(blocks.compactMap(\.keys))
        let found = groups.assign(KeyBatch(keys))
        var last = FixedBuilder<Int32>(count: found.count)
        for row in 0..<keys.count { last[Int(found.groupOfRow[row])] = Int32(row) }
        let positions = last.finish()
        let deletes = FixedValues.concatenate(blocks.map(\.deletes))
        return Block(
            rows: BytesValues.concatenate(blocks.map(\.rows)).gather(positions.span),
            keys: keys.gather(positions.span),
            deletes: deletes.gather(positions)
        )
    }

    /// Everything of the epoch, compacted; the buffer starts anew.
    func take() throws(PostgresError) -> [Block] {
        var all: [Block] = []
        for file in files { all.append(try read(file)) }
        all.append(contentsOf: blocks)
        try clear()
        guard !all.isEmpty else { return [] }
        return key.isEmpty ? all : [Self.lastOfEachKey(all, groups)]
    }

    /// Gives up everything.
    func clear() throws(PostgresError) {
        for file in files {
            do {
                try FileManager.default.removeItem(atPath: file)
            } catch {
                throw Self.diskError(error)
            }
        }
        files = []
        blocks = []
        byteCount = 0
        rowCount = 0
    }

    // Files: the parts of a block, one after the other, as `SinkPart` writes them.

    private func spill() throws(PostgresError) {
        for block in blocks {
            fileNumber += 1
            let path = "\(scratchPath)/epoch-\(fileNumber)"
            do {
                try FileManager.default.createDirectory(
                    atPath: scratchPath,
                    withIntermediateDirectories: true
                )
                try Data(BlockBytes.write(block)).write(to: URL(filePath: path))
            } catch {
                throw Self.diskError(error)
            }
            files.append(path)
        }
        blocks = []
        byteCount = 0
    }

    private func read(_ path: String) throws(PostgresError) -> Block {
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Self.diskError(error)
        }
        return try BlockBytes.read(bytes[...])
    }

    private static func diskError(_ error: any Error) -> PostgresError {
        PostgresError(
            blame: .external,
            isRetryable: true,
            "Rows of the epoch cannot be kept on disk: \(error)"
        )
    }
}

/// A block of rows as bytes: counts, then runs of byte strings.
enum BlockBytes {
    static func write(_ block: EpochBuffer.Block) -> [UInt8] {
        var output: [UInt8] = []
        append(UInt32(block.rows.count), to: &output)
        output.append(block.keys == nil ? 0 : 1)
        for row in 0..<block.rows.count { output.append(block.deletes[row]) }
        append(block.rows, to: &output)
        if let keys = block.keys { append(keys, to: &output) }
        return output
    }

    static func read(_ bytes: ArraySlice<UInt8>) throws(PostgresError) -> EpochBuffer.Block {
        var cursor = ByteCursor(bytes.span)
        let count = Int(try cursor.uint32())
        let hasKeys = try cursor.byte() == 1
        guard cursor.remaining >= count else { throw cutOff }
        var deletes = FixedBuilder<UInt8>(count: count)
        for row in 0..<count { deletes[row] = try cursor.byte() }
        let rows = try readStrings(&cursor, count)
        let keys = hasKeys ? try readStrings(&cursor, count) : nil
        return EpochBuffer.Block(rows: rows, keys: keys, deletes: deletes.finish())
    }

    private static var cutOff: PostgresError {
        PostgresError(blame: .engine, "The prepared rows of a 'jdbc' sink are cut off.")
    }

    private static func append(_ number: UInt32, to output: inout [UInt8]) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private static func append(_ values: BytesValues, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + values.totalLength + values.count * 4)
        for index in 0..<values.count {
            append(UInt32(values.length(index)), to: &output)
            let value = values[index]
            for place in value.indices { output.append(value[place]) }
        }
    }

    private static func readStrings(
        _ cursor: inout ByteCursor,
        _ count: Int
    ) throws(PostgresError) -> BytesValues {
        var builder = BytesBuilder(reserving: count)
        for _ in 0..<count {
            let length = Int(try cursor.uint32())
            builder.append(try cursor.bytes(length))
        }
        return builder.finish()
    }
}
