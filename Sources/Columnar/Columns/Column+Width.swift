extension Column {
    /// At most how many bytes of varying length the largest row has; 0 where rows have none.
    package var widestValue: Int {
        switch values {
        case .bytes(let strings): strings.longest
        case .list(let list): Self.widest(list.offsets, list.elements)
        case .map(let map):
            max(Self.widest(map.offsets, map.keys), Self.widest(map.offsets, map.values))
        case .row(let fields): fields.reduce(0) { $0 + $1.widestValue }
        default: 0
        }
    }

    private static func widest(_ offsets: FixedValues<Int32>, _ elements: Column) -> Int {
        var longest = 0
        for index in 1..<max(1, offsets.count) {
            longest = max(longest, Int(offsets[index] - offsets[index - 1]))
        }
        return longest * (elements.widestValue + MemoryLayout<Int64>.size)
    }
}

extension BytesValues {
    /// The length of the longest value.
    fileprivate var longest: Int {
        var longest = 0
        for index in 0..<count { longest = max(longest, self[index].count) }
        return longest
    }
}
