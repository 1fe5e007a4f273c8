/// A fast sequence of pseudo-random numbers (splitmix64).
package struct Numbers {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func next(below bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }
}

/// Ranks drawn with a probability of one over the rank, by a table of the sums.
package struct Zipf {
    private var sums: [Double] = []
    private var numbers: Numbers

    package init(count: Int, seed: UInt64) {
        numbers = Numbers(seed: seed)
        var sum = 0.0
        sums.reserveCapacity(count)
        for rank in 1...count {
            sum += 1 / Double(rank)
            sums.append(sum)
        }
    }

    package mutating func next() -> Int {
        let wanted = Double(numbers.next() >> 11) / Double(1 << 53) * sums[sums.count - 1]
        var lower = 0
        var upper = sums.count - 1
        while lower < upper {
            let middle = (lower + upper) / 2
            if sums[middle] < wanted { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
