/// Finds the known name that a misspelt one most likely meant.
package enum NearestName {
    /// The candidate with the smallest edit distance, if it is near enough to be a slip.
    ///
    /// Case is ignored. Near enough means at most a third of the letters differ, and at most three.
    package static func find(_ name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased())
        let limit = min(3, max(1, wanted.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased())
            guard abs(letters.count - wanted.count) <= limit else { continue }
            let distance = editDistance(wanted, letters)
            if distance <= limit, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// ` Did you mean 'x'?`, with a leading space, or nothing.
    package static func hint(_ name: String, in candidates: some Sequence<String>) -> String {
        find(name, in: candidates).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// Edit distance with transposed neighbours counted once (optimal string alignment).
    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for i in 0..<left.count {
            var current = [i + 1]
            for j in 0..<right.count {
                var cost = min(previous[j + 1] + 1, current[j] + 1)
                cost = min(cost, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforePrevious[j - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
