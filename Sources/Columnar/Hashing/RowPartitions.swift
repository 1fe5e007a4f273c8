/// The rows of a batch sorted by the partition that each goes to, in row order within each.
package struct RowPartitions {
    private let rows: FixedValues<Int32>
    private let starts: [Int]

    /// Counts, then places: two passes over the batch.
    package init(_ partitionOfRow: FixedValues<Int32>, count: Int) {
        var starts = [Int](repeating: 0, count: count + 1)
        let partitions = partitionOfRow.span
        for row in partitions.indices { starts[Int(partitions[row]) + 1] += 1 }
        for partition in 0..<count { starts[partition + 1] += starts[partition] }
        var cursors = starts
        var sorted = FixedBuilder<Int32>(count: partitionOfRow.count)
        do {
            var output = sorted.span
            for row in partitions.indices {
                let partition = Int(partitions[row])
                output[cursors[partition]] = Int32(truncatingIfNeeded: row)
                cursors[partition] &+= 1
            }
        }
        rows = sorted.finish()
        self.starts = starts
    }

    /// The rows of one partition, rising.
    package func rows(of partition: Int) -> FixedValues<Int32> {
        rows.slice(starts[partition]..<starts[partition + 1])
    }
}
