/// A shell pattern for one name of a path: `*`, `?` and `[a-z]`, `[!a-z]`.
struct NamePattern: Hashable, Sendable {
    private enum Element: Hashable, Sendable {
        case one(Unicode.Scalar)
        case any
        case anyRun
        case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    private let elements: [Element]
    /// Whether the pattern asks for hidden names by its first letter.
    let matchesHidden: Bool

    static func hasWildcards(_ name: String) -> Bool {
        name.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var elements: [Element] = []
        var position = 0
        while position < scalars.count {
            switch scalars[position] {
            case "*":
                if elements.last != .anyRun { elements.append(.anyRun) }
            case "?": elements.append(.any)
            case "[":
                if let (set, end) = Self.set(scalars, position) {
                    elements.append(set)
                    position = end
                } else {
                    elements.append(.one("["))
                }
            case let scalar: elements.append(.one(scalar))
            }
            position += 1
        }
        self.elements = elements
        matchesHidden = FilePath.isHidden(pattern)
    }

    /// The set that begins at a bracket, and where its closing bracket is; nil when it has none.
    private static func set(
        _ scalars: [Unicode.Scalar],
        _ open: Int
    ) -> (Element, end: Int)? {
        var position = open + 1
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isNegated = false
        if position < scalars.count, scalars[position] == "!" || scalars[position] == "^" {
            isNegated = true
            position += 1
        }
        // A closing bracket that comes first is a member.
        while position < scalars.count, scalars[position] != "]" || ranges.isEmpty {
            let lower = scalars[position]
            if position + 2 < scalars.count, scalars[position + 1] == "-",
                scalars[position + 2] != "]"
            {
                let upper = scalars[position + 2]
                ranges.append(min(lower, upper)...max(lower, upper))
                position += 3
            } else {
                ranges.append(lower...lower)
                position += 1
            }
        }
        guard position < scalars.count else { return nil }
        return (.oneOf(ranges, isNegated: isNegated), position)
    }

    /// Whether the pattern matches a whole name; after a failed try the last `*` takes one more.
    func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var element = 0
        var position = 0
        var retry: (element: Int, position: Int)?
        while position < scalars.count {
            if element < elements.count, elements[element] == .anyRun {
                retry = (element, position)
                element += 1
            } else if element < elements.count, Self.matches(elements[element], scalars[position]) {
                element += 1
                position += 1
            } else if let last = retry {
                retry = (last.element, last.position + 1)
                element = last.element + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .anyRun }
    }

    private static func matches(_ element: Element, _ scalar: Unicode.Scalar) -> Bool {
        switch element {
        case .one(let wanted): wanted == scalar
        case .any: true
        case .anyRun: false
        case .oneOf(let ranges, let isNegated):
            ranges.contains { $0.contains(scalar) } != isNegated
        }
    }
}
