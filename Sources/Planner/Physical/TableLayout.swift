import Columnar
import Expressions

/// How the pruned columns of a table reading are made from what the source sends.
struct TableLayout {
    /// The metadata key of the mask of values that a source did not send.
    static let unchangedMask = "$unchanged"

    let outputs: [TableRead.Output]
    /// The paths that the source must send, each once.
    let paths: [[Int]]
    private let table: DeclaredTable

    init(_ read: TableRead) {
        table = read.table
        outputs = read.outputs
        var paths: [[Int]] = []
        func need(_ path: [Int]) {
            if !paths.contains(where: { path.starts(with: $0) }) {
                paths.removeAll { $0.starts(with: path) }
                paths.append(path)
            }
        }
        func need(_ expression: Expression) {
            for path in expression.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if let computed = read.table.columns[path[0]].computed {
                    need(computed)
                } else {
                    need(path)
                }
            }
        }
        for output in read.outputs {
            switch output {
            case .path(let path): need(path)
            case .computed(let column):
                if let computed = read.table.columns[column].computed { need(computed) }
            }
        }
        if let watermark = read.table.watermark {
            need(watermark.expression)
            need(.column(index: watermark.column, type: read.table.columns[watermark.column].type))
        }
        self.paths = paths.sorted { $0.lexicographicallyPrecedes($1) }
    }

    func output(ofDeclared column: Int) -> TableRead.Output {
        table.columns[column].isComputed ? .computed(column) : .path([column])
    }

    func type(of output: TableRead.Output) -> DataType {
        switch output {
        case .path(let path): table.columns[path[0]].type.field(Array(path.dropFirst()))
        case .computed(let column): table.columns[column].type
        }
    }

    func name(of output: TableRead.Output) -> String {
        switch output {
        case .path(let path): table.name(ofPath: path)
        case .computed(let column): table.columns[column].name
        }
    }

    /// The output over the columns of the scan, whose paths are its column names.
    func expression(of output: TableRead.Output, names scan: PhysicalNode) -> Expression {
        switch output {
        case .path(let path): return field(path, scan)
        case .computed(let column):
            guard let computed = table.columns[column].computed else {
                preconditionFailure("column \(column) of \(table.path) is not computed")
            }
            return computed.replacingPaths { field($0, scan) }
        }
    }

    /// A declared column or field: a column of the scan, or a field of one.
    private func field(_ path: [Int], _ scan: PhysicalNode) -> Expression {
        for length in (1...path.count).reversed() {
            let prefix = Array(path.prefix(length))
            let name = table.name(ofPath: prefix)
            guard let index = scan.names.firstIndex(of: name) else { continue }
            return path.dropFirst(length).reduce(.column(index: index, type: scan.types[index])) {
                RowFieldAccess.of($0, index: $1)
            }
        }
        preconditionFailure("the scan of \(table.path) lacks the path \(path)")
    }
}

extension TableDefinition {
    /// The name of a column or nested field, `bid.price`.
    func name(ofPath path: [Int]) -> String {
        var type = columns[path[0]].type
        var name = columns[path[0]].name
        for step in path.dropFirst() {
            let field = type.rowFields[step]
            name += ".\(field.name)"
            type = field.type
        }
        return name
    }

    func adding(_ column: TableColumn) -> TableDefinition {
        TableDefinition(
            path: path,
            columns: columns + [column],
            primaryKey: primaryKey,
            options: options
        )
    }
}
