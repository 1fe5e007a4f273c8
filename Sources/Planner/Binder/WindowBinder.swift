import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// Binds window table functions: `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))`.
struct WindowBinder {
    private let queries: QueryBinder

    init(_ queries: QueryBinder) {
        self.queries = queries
    }

    /// The parameters of the functions behind the table and the time column.
    private static let parameters: [String: [String]] = [
        "TUMBLE": ["SIZE", "OFFSET"], "HOP": ["SLIDE", "SIZE", "OFFSET"],
    ]

    func bind(_ call: FunctionCall) throws(PlannerError) -> Relation {
        let name = call.name.dotted.uppercased()
        guard let parameters = Self.parameters[name] else {
            if name == "CUMULATE" || name == "SESSION" {
                throw PlannerError(
                    "The window function \(name) is not supported.",
                    at: call.name.range
                )
            }
            throw PlannerError(
                "No match found for function signature \(call.name.dotted)()",
                hint: NameHint.text(name, Array(Self.parameters.keys)),
                at: call.name.range
            )
        }
        let arguments = try arguments(call, ["DATA", "TIMECOL"] + parameters)
        guard case .table(let source)? = arguments["DATA"]?.value else {
            throw PlannerError(
                "The first argument of \(name) is a table: TABLE t",
                at: call.range
            )
        }
        if let partition = source.partitionBy.first {
            throw PlannerError(
                "PARTITION BY is not allowed for the window function \(name).",
                at: partition.range
            )
        }
        let input = try relation(source)
        let rowtime = try timeColumn(name, arguments["TIMECOL"], input, parameters, call)
        var durations: [String: Int64] = [:]
        for parameter in parameters {
            guard let argument = arguments[parameter] else { continue }
            durations[parameter] = try duration(argument)
        }
        let kind = try kind(name, durations, call.range)
        return Self.windowed(input, rowtime, kind)
    }

    /// The arguments by parameter, positional ones first.
    private func arguments(
        _ call: FunctionCall,
        _ parameters: [String]
    ) throws(PlannerError) -> [String: FunctionArgument] {
        var found: [String: FunctionArgument] = [:]
        for (index, argument) in call.arguments.enumerated() {
            let name = argument.name?.name.uppercased()
            guard let parameter = name ?? (index < parameters.count ? parameters[index] : nil),
                parameters.contains(parameter)
            else {
                throw PlannerError(
                    "The window function \(call.name.dotted) has no argument "
                        + "'\(argument.name?.name ?? String(index + 1))'.",
                    hint: NameHint.text(name ?? "", parameters),
                    at: argument.range
                )
            }
            found[parameter] = argument
        }
        for parameter in parameters where parameter != "OFFSET" && found[parameter] == nil {
            throw PlannerError(
                "The window function \(call.name.dotted) needs the argument \(parameter).",
                at: call.range
            )
        }
        return found
    }

    private func relation(_ argument: TableArgument) throws(PlannerError) -> Relation {
        switch argument.source {
        case .table(let name): try queries.table(name).relation
        case .query(let query): try queries.bind(query)
        }
    }

    private func timeColumn(
        _ name: String,
        _ argument: FunctionArgument?,
        _ input: Relation,
        _ parameters: [String],
        _ call: FunctionCall
    ) throws(PlannerError) -> Int {
        guard case .expression(.call(let descriptor))? = argument?.value,
            descriptor.name.dotted.uppercased() == "DESCRIPTOR",
            case .column(let column)? = descriptor.expressions?.first,
            let columnName = column.simple
        else {
            throw PlannerError(
                "The time column of \(name) is given as DESCRIPTOR(column).",
                at: argument?.range ?? call.range
            )
        }
        guard let index = input.columns.firstIndex(where: { $0.name == columnName }) else {
            throw PlannerError(
                "Unknown identifier '\(columnName)'",
                hint: NameHint.text(columnName, input.columns.map(\.name)),
                at: column.range
            )
        }
        let type = input.columns[index].type
        guard type.timestampUnitsPerMillisecond != nil else {
            let signature =
                name == "TUMBLE"
                ? "datetime interval[, datetime interval]"
                : "datetime interval, datetime interval[, datetime interval]"
            throw PlannerError(
                """
                The window function \(name)(TABLE table_name, DESCRIPTOR(timecol), \(signature)) \
                requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is \
                \(type.calciteName).
                """,
                at: argument?.range
            )
        }
        guard input.columns[index].isRowtime else {
            throw PlannerError(
                "The window function requires the timecol is a time attribute type, but is "
                    + "\(type.nullable()).",
                at: argument?.range
            )
        }
        return index
    }

    private func duration(_ argument: FunctionArgument) throws(PlannerError) -> Int64 {
        guard case .expression(let expression) = argument.value else {
            throw PlannerError("An INTERVAL was expected.", at: argument.range)
        }
        return try Self.milliseconds(expression)
    }

    /// The length of an interval literal.
    private static func milliseconds(
        _ expression: SQLSyntax.Expression
    ) throws(PlannerError) -> Int64 {
        let binder = ExpressionBinder(
            scope: TableScope([]),
            hooks: AggregateRefusal(clause: "a window function")
        )
        let bound = try binder.bind(expression).folded()
        switch (bound, bound.type.kind) {
        case (.literal(.int(let milliseconds), _), .intervalDayTime): return milliseconds
        case (_, .intervalYearMonth):
            throw PlannerError(
                """
                Window aggregate only support SECOND, MINUTE, HOUR, DAY as the time unit. MONTH \
                and YEAR time unit are not supported yet.
                """,
                at: expression.range
            )
        default:
            throw PlannerError("An INTERVAL was expected.", at: expression.range)
        }
    }

    private func kind(
        _ name: String,
        _ durations: [String: Int64],
        _ range: SourceRange
    ) throws(PlannerError) -> WindowKind {
        let size = durations["SIZE"] ?? 0
        let offset = durations["OFFSET"] ?? 0
        guard size > 0 else {
            throw PlannerError(
                "The size of a window must be positive, but is \(size) ms",
                at: range
            )
        }
        guard name == "HOP" else { return .tumble(size: size, offset: offset) }
        let slide = durations["SLIDE"] ?? 0
        guard slide > 0, size % slide == 0 else {
            throw PlannerError(
                """
                HOP table function based aggregate requires size must be an integral multiple of \
                slide, but got size \(size) ms and slide \(slide) ms
                """,
                at: range
            )
        }
        return .hop(size: size, slide: slide, offset: offset)
    }

    /// The input with the three window columns; its own time attribute ends here.
    static func windowed(_ input: Relation, _ rowtime: Int, _ kind: WindowKind) -> Relation {
        let type = input.columns[rowtime].type
        let isLocal = if case .timestampLTZ = type.kind { true } else { false }
        let columns =
            input.columns.map(\.materialized) + [
                RelationColumn("window_start", .timestamp(3).notNull),
                RelationColumn("window_end", .timestamp(3).notNull),
                RelationColumn(
                    "window_time",
                    (isLocal ? DataType.timestampLTZ(3) : .timestamp(3)).notNull,
                    isRowtime: true
                ),
            ]
        return Relation(
            .windowTable(
                input,
                WindowFunction(kind: kind, rowtime: rowtime, isLocal: isLocal)
            ),
            columns
        )
    }

    /// The input of an old group window, `TUMBLE(ts, INTERVAL …)` in GROUP BY.
    static func legacy(
        _ call: FunctionCall,
        _ scope: FromScope
    ) throws(PlannerError) -> Relation {
        let name = call.name.dotted.uppercased()
        guard name != "SESSION" else {
            throw PlannerError("The window SESSION is not supported.", at: call.range)
        }
        guard let arguments = call.expressions, arguments.count == (name == "HOP" ? 3 : 2) else {
            throw PlannerError(
                "Invalid number of arguments to function '\(name)'. Was expecting "
                    + "\(name == "HOP" ? 3 : 2) arguments",
                at: call.range
            )
        }
        let binder = ExpressionBinder(scope: scope)
        let time = try binder.bind(arguments[0])
        guard case .column(let index, _) = time, scope.relation.columns[index].isRowtime else {
            throw PlannerError(
                "Window aggregate can only be defined over a time attribute column, but "
                    + "\(time.type.nullable()) encountered.",
                at: nil
            )
        }
        let first = try milliseconds(arguments[1])
        guard name == "HOP" else {
            return windowed(scope.relation, index, .tumble(size: first, offset: 0))
        }
        let size = try milliseconds(arguments[2])
        guard first > 0, size % first == 0 else {
            throw PlannerError(
                "HOP window requires size must be an integral multiple of slide, but got size "
                    + "\(size) ms and slide \(first) ms",
                at: call.range
            )
        }
        return windowed(scope.relation, index, .hop(size: size, slide: first, offset: 0))
    }
}

extension DataType {
    /// The type as Calcite names it in messages: `INTEGER`, not `INT`.
    var calciteName: String {
        kind == .integer ? "INTEGER" : nullable().description
    }
}
