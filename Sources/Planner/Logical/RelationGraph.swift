/// All relations of a job: what the sinks read, and what that reads.
struct RelationGraph {
    /// Inputs before what reads them.
    let ordered: [Relation]
    private let readers: [ObjectIdentifier: Int]

    init(roots: [Relation]) {
        var ordered: [Relation] = []
        var readers: [ObjectIdentifier: Int] = [:]
        func visit(_ relation: Relation) {
            readers[ObjectIdentifier(relation), default: 0] += 1
            guard readers[ObjectIdentifier(relation)] == 1 else { return }
            for input in relation.inputs { visit(input) }
            ordered.append(relation)
        }
        for root in roots { visit(root) }
        self.ordered = ordered
        self.readers = readers
    }

    /// Whether several relations or sinks read this one.
    func isShared(_ relation: Relation) -> Bool {
        readers[ObjectIdentifier(relation), default: 0] > 1
    }

    /// How many relations and sinks read a table, through whatever relation of it.
    func readerCount(ofTable identity: String) -> Int {
        ordered.reduce(0) { count, relation in
            guard case .table(let read) = relation.body, read.table.identity == identity else {
                return count
            }
            return count + readers[ObjectIdentifier(relation), default: 0]
        }
    }
}

/// Rewrites relations bottom up, each object once.
struct RelationRewriter {
    private var results: [ObjectIdentifier: Relation] = [:]
    private let rule: (Relation) -> Relation

    /// - Parameter rule: gets a relation whose inputs are rewritten already.
    init(_ rule: @escaping (Relation) -> Relation) {
        self.rule = rule
    }

    mutating func rewrite(_ relation: Relation) -> Relation {
        if let result = results[ObjectIdentifier(relation)] { return result }
        let inputs = relation.inputs.map { rewrite($0) }
        let result = rule(relation.replacingInputs(inputs))
        results[ObjectIdentifier(relation)] = result
        return result
    }
}
