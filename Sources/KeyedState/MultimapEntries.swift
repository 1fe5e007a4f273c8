package import Columnar

/// All entries of the keys of one call.
package struct MultimapEntries {
    /// Where the entries of each key start; one more than there are keys.
    package let offsets: FixedValues<Int32>
    package let subKeys: BytesValues
    package let rows: BytesValues

    /// The places of a key's entries in `subKeys` and `rows`.
    package func range(ofKey index: Int) -> Range<Int> {
        Int(offsets[index])..<Int(offsets[index + 1])
    }
}

/// The first or last entry of each key of one call.
package struct MultimapEnds {
    /// Whether the key has any entry.
    package let present: Bitmap
    /// The sub-key, empty where there is no entry.
    package let subKeys: BytesValues
    package let rows: BytesValues
}
