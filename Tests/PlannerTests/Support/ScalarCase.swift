import Columnar
import Expressions
import Foundation
import Planner
import SQLSyntax

/// What is wrong with a case itself.
struct CaseError: Error, CustomStringConvertible {
    let description: String
}

/// A case of the oracle without joins or aggregates, run by binding and evaluating expressions.
struct ScalarCase {
    let name: String

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ScalarCases")

    /// All cases of the folder.
    static let all: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }
            .sorted()
    }()

    static func text(_ file: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    }

    /// The rows that Flink gave.
    func expected() throws -> [String] {
        try Self.text("\(name).expected").split(separator: "\n").map(String.init)
    }

    /// The rows that we give, in the order of the script.
    func actual() throws -> [String] {
        let script = try SQLScript(parsing: ScriptText(Self.text("\(name).sql"), name: name))
        var tables: [String: CreateTable] = [:]
        var rows: [String] = []
        for parsed in script.statements {
            switch parsed.statement {
            case .createTable(let table): tables[table.name.dotted] = table
            case .insert(let insert):
                guard let sink = tables[insert.table.dotted] else {
                    throw CaseError(description: "no table \(insert.table.dotted)")
                }
                let runner = CaseRunner(tables: tables)
                // Each input by itself, so that one mistake does not hide the others.
                var inputs = [insert.query.body]
                if case .setOperation(let operation) = insert.query.body {
                    inputs = operation.inputs
                }
                for input in inputs { rows += runner.printedRows(input, sink) }
            default: break
            }
        }
        return rows
    }
}

/// Runs queries that need nothing but expressions: SELECT, WHERE, UNION ALL, queries in FROM.
struct CaseRunner {
    let tables: [String: CreateTable]
    let context = EvaluationContext()

    typealias Rows = (batch: RecordBatch, columns: [RowField])

    func run(_ body: QueryBody) throws -> Rows {
        switch body {
        case .select(let select): return try run(select)
        case .nested(let query): return try run(query.body)
        case .setOperation(let operation):
            let parts = try operation.inputs.map { try run($0) }
            let types = parts[0].columns.map { field in field.type.nullable() }
            return (
                RecordBatch.concatenate(parts.map(\.batch), types: types), parts[0].columns
            )
        default: throw CaseError(description: "a query of another kind")
        }
    }

    private func run(_ select: Select) throws -> Rows {
        var input: Rows = (RecordBatch([], count: 1), [])
        var alias: String?
        switch select.from {
        case .none: break
        case .table(let table):
            input = try read(table.name.dotted)
            alias = table.alias?.name.name ?? table.name.dotted
        case .query(let query): input = try run(query.query.body)
        default: throw CaseError(description: "a table of another kind")
        }
        let scope = TableScope([.init(name: alias, columns: input.columns, start: 0)])
        let binder = ExpressionBinder(scope: scope, hooks: ConstantQueries(runner: self))
        if let condition = select.where {
            let predicate = try binder.bindCondition(condition, clause: "WHERE").folded(context)
            let program = try ExpressionProgram([predicate], context: context)
            input.batch = input.batch.filter(try program.select(input.batch))
        }
        var expressions: [Expressions.Expression] = []
        var columns: [RowField] = []
        for (index, item) in select.items.enumerated() {
            if case .star = item.expression {
                for (position, field) in input.columns.enumerated() {
                    expressions.append(.column(index: position, type: field.type))
                    columns.append(field)
                }
                continue
            }
            let bound = try binder.bind(item.expression).folded(context)
            expressions.append(bound)
            var name = item.alias?.name ?? "EXPR$\(index)"
            if item.alias == nil, case .column(let column) = item.expression {
                name = column.names.last ?? name
            }
            columns.append(RowField(name, bound.type))
        }
        let program = try ExpressionProgram(
            expressions,
            context: context,
            inputNames: input.columns.map(\.name)
        )
        let result = try program.evaluate(input.batch)
        return (RecordBatch(result, count: input.batch.count), columns)
    }

    /// The rows of a query as the sink prints them, or the error in their place.
    func printedRows(_ query: QueryBody, _ sink: CreateTable) -> [String] {
        do {
            return try converted(run(query).batch, to: sink).printedRows
        } catch {
            return ["\(error) in \(query.range.start)"]
        }
    }

    /// Rows as a sink gets them: converted to the types of its columns.
    func converted(_ batch: RecordBatch, to sink: CreateTable) throws -> RecordBatch {
        var expressions: [Expressions.Expression] = []
        for (index, column) in sink.columns.enumerated() {
            guard case .physical(let syntax, _) = column.kind else { continue }
            let type = batch.columns[index].type
            let target = try TypeBinder.type(syntax)
            guard ImplicitCasts.supports(from: type, to: target) else {
                throw CaseError(description: "\(type) does not fit \(target)")
            }
            expressions.append(
                Expressions.Expression.column(index: index, type: type)
                    .converted(to: target.nullable(type.isNullable))
            )
        }
        let program = try ExpressionProgram(expressions, context: context)
        return RecordBatch(try program.evaluate(batch), count: batch.count)
    }

    /// The rows of a table: JSON lines, or CSV without quotes around what matters here.
    private func read(_ name: String) throws -> Rows {
        guard let table = tables[name] else { throw CaseError(description: "no table \(name)") }
        let options = Dictionary(
            uniqueKeysWithValues: table.options.map { ($0.key.text, $0.value.text) }
        )
        let file = options["path"]?.split(separator: "/").last.map(String.init) ?? ""
        let text = try ScalarCase.text("data/\(file)")
        var columns: [RowField] = []
        for column in table.columns {
            guard case .physical(let syntax, _) = column.kind else { continue }
            columns.append(RowField(column.name.name, try TypeBinder.type(syntax)))
        }
        let reader = CaseDataReader(columns: columns)
        let lines = text.split(separator: "\n").map(String.init)
        let batch = try options["format"] == "csv" ? reader.csv(lines) : reader.json(lines)
        return try withComputed(table, (batch, columns))
    }

    private func withComputed(_ table: CreateTable, _ rows: Rows) throws -> Rows {
        let scope = TableScope([.init(name: nil, columns: rows.columns, start: 0)])
        let binder = ExpressionBinder(scope: scope)
        var result = rows
        for column in table.columns {
            guard case .computed(let expression) = column.kind else { continue }
            let bound = try binder.bind(expression).folded(context)
            let program = try ExpressionProgram([bound], context: context)
            let values = try program.evaluate(rows.batch)
            result.columns.append(RowField(column.name.name, bound.type))
            result.batch = result.batch.withColumns(result.batch.columns + values)
        }
        return result
    }
}

/// Queries of constants inside expressions: `(SELECT 5)` and `EXISTS (SELECT 1)`.
struct ConstantQueries: ExpressionBinderHooks {
    let runner: CaseRunner

    func subquery(_ node: Subquery) throws(PlannerError) -> Expressions.Expression {
        do {
            let rows = try runner.run(node.query.body)
            if node.kind == .exists {
                return .literal(.bool(rows.batch.count > 0), DataType.boolean.notNull)
            }
            return .literal(rows.batch.columns[0].scalar(0), rows.columns[0].type.nullable())
        } catch {
            throw PlannerError("\(error)", at: node.range)
        }
    }

    func membership(
        of operand: Expressions.Expression,
        in query: Query,
        _ operation: SQLOperator,
        isAll: Bool,
        isNegated: Bool
    ) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("no membership here", at: query.range)
    }

    func call(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression? { nil }
}
