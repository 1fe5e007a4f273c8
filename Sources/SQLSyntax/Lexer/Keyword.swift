/// The words that the grammar knows; names are theirs in lower camel case.
///
/// Whether a word may also be a name is another matter: see ``ReservedWords``.
enum Keyword: String, Sendable, Hashable {
    // Statements
    case add, alter, analyze, begin, call, cascade, catalog, comment, compile, conflict
    case constraint, constraints, create, database, deduplicate, delete, desc, describe
    case distributed, distribution, `do`, drop, end, enforced, error, execute, explain, extended,
        format
    case changelogMode, estimatedCost, jsonExecutionPlan, planAdvice, plan
    case excluding, function, generated, `if`, including, insert, into, key, like, load
    case merge, metadata, model, nothing, options, or, overwrite, overwriting, partition
    case partitioned, partitions, primary, remove, replace, reset, set, show, statement, stop
    case system, table, tables, temporary, to, truncate, unload, unique, update, upsert, use
    case values, view, views, virtual, watermark, watermarks, with, without
    case materialized, connection
    // Queries
    case all, apply, `as`, asc, by, cross, cube, current, distinct, except, exclude, fetch, first
    case filter, following, `for`, from, full, group, grouping, having, ignore, inner
    case intersect, join, last, lateral, left, limit, matchRecognize, natural, next, nulls
    case of, offset, on, only, order, ordinality, outer, over, pivot, preceding, qualify, range
    case respect, right, rollup, row, rows, select, sets, stream, systemTime, tablesample
    case unbounded, union, unnest, unpivot, using, window, within, `where`, recursive
    // Expressions
    case a, and, any, array, asymmetric, between, both, `case`, cast, ceil, ceiling, contains
    case convert, cursor, `default`, `else`, empty, equals, escape, exists, extract, `false`
    case floor, ilike, immediately, `in`, interval, `is`, leading, local, map, member, multiset
    case not, null, overlaps, overlay, period, placing, position, precedes, rlike, similar, some
    case submultiset, substring, succeeds, symmetric, then, trailing, trim, `true`, tryCast
    case timestampadd, timestampdiff, uescape, unknown, value, when, zone, new
    // JSON
    case absent, conditional, encoding, json, jsonArray, jsonArrayagg, jsonExists, jsonObject
    case jsonObjectagg, jsonQuery, jsonValue, object, passing, returning, scalar, unconditional
    case wrapper
    // Types
    case boolean, bigint, binary, bytes, char, character, date, datetime, dec, decimal, double
    case float, int, integer, numeric, precision, raw, real, smallint, string, structured, time
    case timestamp, timestampLtz, tinyint, varbinary, varchar, variant, varying
    // Time units
    case year, years, quarter, quarters, month, months, week, weeks, day, days, hour, hours
    case minute, minutes, second, seconds, millisecond, microsecond, nanosecond, dow, doy, isodow
    case isoyear, decade, century, millennium, epoch

    /// The word as SQL writes it: `systemTime` is `SYSTEM_TIME`.
    var text: String {
        var text = ""
        for letter in rawValue {
            if letter.isUppercase { text += "_" }
            text += letter.uppercased()
        }
        return text
    }
}

extension Keyword: CaseIterable {}
