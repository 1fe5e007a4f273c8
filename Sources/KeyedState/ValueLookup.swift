package import Columnar

/// What a state holds for the keys of one call, and where: `store` takes it to write back.
package struct ValueLookup {
    /// Whether there is a row, for each key.
    package let present: Bitmap
    /// The rows, empty where there is none.
    package let rows: BytesValues
    /// The keys that were asked for.
    package let keys: KeyBatch
    /// For a multimap, the sub-key beside each key.
    package let subKeys: BytesValues?
    /// The record of each key, 0 where it has none; worthless once the generation has changed.
    let found: FixedValues<UInt32>
    let generation: UInt64
    /// The window of a window state.
    let window: Int64?

    init(
        present: Bitmap,
        rows: BytesValues,
        keys: KeyBatch,
        subKeys: BytesValues? = nil,
        found: FixedValues<UInt32>,
        generation: UInt64,
        window: Int64? = nil
    ) {
        self.present = present
        self.rows = rows
        self.keys = keys
        self.subKeys = subKeys
        self.found = found
        self.generation = generation
        self.window = window
    }

    package var count: Int { keys.count }
}
