import Core

/// Encoded keys with their hashes, one for each row of a batch.
package struct KeyBatch: Sendable {
    package let keys: BytesValues
    package let hashes: FixedValues<UInt64>

    package init(keys: BytesValues, hashes: FixedValues<UInt64>) {
        precondition(keys.count == hashes.count, "one hash for each key")
        self.keys = keys
        self.hashes = hashes
    }

    /// Hashes the given keys.
    package init(_ keys: BytesValues) {
        self.init(keys: keys, hashes: Hashing.hash(keys))
    }

    package var count: Int { keys.count }

    /// The keys of the given rows, in that order.
    package func gather(_ positions: FixedValues<Int32>) -> KeyBatch {
        KeyBatch(keys: keys.gather(positions.span), hashes: hashes.gather(positions))
    }

    package func slice(_ range: Range<Int>) -> KeyBatch {
        KeyBatch(keys: keys.slice(range), hashes: hashes.slice(range))
    }

    /// The slot that owns each row's key.
    package func slots(parallelism: Int, maxParallelism: Int) -> FixedValues<Int32> {
        var result = FixedBuilder<Int32>(count: count)
        let hashes = hashes.span
        var output = result.span
        for index in hashes.indices {
            let group = KeyGroupRange.group(
                ofHash: hashes[index],
                maxParallelism: maxParallelism
            )
            output[index] = Int32(
                truncatingIfNeeded: KeyGroupRange.slot(
                    ofGroup: group,
                    parallelism: parallelism,
                    maxParallelism: maxParallelism
                )
            )
        }
        return result.finish()
    }
}
