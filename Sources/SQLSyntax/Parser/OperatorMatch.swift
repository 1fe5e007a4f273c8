/// An operator found behind its left operand, and how many tokens it has.
struct OperatorMatch {
    /// What follows the operator.
    enum Shape: Equatable {
        case chain(SQLOperator)
        case binary(SQLOperator)
        case postfix(SQLOperator)
        case item
        case like(SQLOperator)
        case between(isNegated: Bool)
        case `in`(isNegated: Bool)
        case quantified(SQLOperator, isAll: Bool)
        /// The words fit no operator; one of these would have to follow them.
        case incomplete([Keyword])
    }

    let shape: Shape
    let tokens: Int

    init(_ shape: Shape, tokens: Int = 1) {
        self.shape = shape
        self.tokens = tokens
    }

    /// How tightly the operator binds.
    var precedence: Int {
        switch shape {
        case .chain(let symbol), .binary(let symbol), .postfix(let symbol): symbol.precedence
        case .item: Precedence.access
        case .incomplete: Precedence.atom
        case .like, .between, .in, .quantified: Precedence.predicate
        }
    }
}

extension Parser {
    /// The operator that the next tokens are, if it binds tighter than `minimum` and what it needs
    /// behind it can follow.
    ///
    /// If that cannot follow, Calcite stops before the operator and names it together with what
    /// follows; that is noted.
    mutating func infixOperator(above minimum: Int) -> OperatorMatch? {
        guard let match = matchOperator(), match.precedence > minimum else { return nil }
        let next = peek(match.tokens)
        let fits: Bool
        switch match.shape {
        case .postfix, .incomplete: fits = true
        case .chain, .binary, .item, .like: fits = startsExpression(next)
        case .between:
            fits =
                startsExpression(next) || next.keyword == .symmetric || next.keyword == .asymmetric
        case .in, .quantified: fits = next.kind == .leftParen
        }
        guard fits else {
            report(match.tokens + 1)
            return nil
        }
        if needsThirdToken(match), !startsThird(peek(match.tokens + 1), after: next) {
            report(match.tokens + 2)
            return nil
        }
        return match
    }

    /// Calcite looks three tokens ahead from a binary operator.
    private func needsThirdToken(_ match: OperatorMatch) -> Bool {
        switch match.shape {
        case .binary, .chain: match.tokens == 1
        default: false
        }
    }

    /// Whether a token may follow the first one of an operand.
    private func startsThird(_ token: Token, after second: Token) -> Bool {
        switch second.kind {
        case .minus, .plus: return startsExpression(token)
        case .leftParen: return startsExpression(token) || startsQuery(token)
        default:
            if second.keyword == .not { return startsExpression(token) }
            return fits(token, after: second)
        }
    }

    private mutating func matchOperator() -> OperatorMatch? {
        switch current.kind {
        case .equal: comparison(.equal)
        case .notEqual, .bangEqual: comparison(.notEqual)
        case .less: comparison(.less)
        case .lessOrEqual: comparison(.lessOrEqual)
        case .greater: comparison(.greater)
        case .greaterOrEqual: comparison(.greaterOrEqual)
        case .plus: OperatorMatch(.binary(.plus))
        case .minus: OperatorMatch(.binary(.minus))
        case .star: OperatorMatch(.binary(.multiply))
        case .slash: OperatorMatch(.binary(.divide))
        case .percent: OperatorMatch(.binary(.remainder))
        case .concat: OperatorMatch(.binary(.concat))
        case .leftBracket: OperatorMatch(.item)
        case .word: wordOperator()
        default: nil
        }
    }

    private func comparison(_ symbol: SQLOperator) -> OperatorMatch {
        switch peek().keyword {
        case Keyword.some?, .any?: OperatorMatch(.quantified(symbol, isAll: false), tokens: 2)
        case .all?: OperatorMatch(.quantified(symbol, isAll: true), tokens: 2)
        default: OperatorMatch(.binary(symbol))
        }
    }

    private mutating func wordOperator() -> OperatorMatch? {
        switch current.keyword {
        case .and: return OperatorMatch(.chain(.and))
        case .or: return OperatorMatch(.chain(.or))
        case .is: return isOperator()
        case .not: return notOperator()
        case .in: return OperatorMatch(.in(isNegated: false))
        case .between: return OperatorMatch(.between(isNegated: false))
        case .like: return OperatorMatch(.like(.like))
        case .similar: return pair(.to, .like(.similarTo))
        case .member: return pair(.of, .binary(.memberOf))
        case .submultiset: return pair(.of, .binary(.submultisetOf))
        case .contains: return OperatorMatch(.binary(.contains))
        case .overlaps: return OperatorMatch(.binary(.overlaps))
        case .equals: return OperatorMatch(.binary(.periodEquals))
        case .precedes: return OperatorMatch(.binary(.precedes))
        case .succeeds: return OperatorMatch(.binary(.succeeds))
        case .multiset: return multisetOperator()
        case .format where peek().keyword == .json:
            return OperatorMatch(.postfix(.formatJSON), tokens: 2)
        case .immediately where peek().keyword == .precedes:
            return OperatorMatch(.binary(.immediatelyPrecedes), tokens: 2)
        case .immediately where peek().keyword == .succeeds:
            return OperatorMatch(.binary(.immediatelySucceeds), tokens: 2)
        default: return nil
        }
    }

    /// An operator of two words, of which the first is next.
    private mutating func pair(
        _ second: Keyword,
        _ shape: OperatorMatch.Shape
    ) -> OperatorMatch? {
        if peek().keyword == second { return OperatorMatch(shape, tokens: 2) }
        report(2)
        return nil
    }

    private mutating func notOperator() -> OperatorMatch? {
        switch peek().keyword {
        case .in: return OperatorMatch(.in(isNegated: true), tokens: 2)
        case .between: return OperatorMatch(.between(isNegated: true), tokens: 2)
        case .like: return OperatorMatch(.like(.notLike), tokens: 2)
        case .similar where peek(2).keyword == .to:
            return OperatorMatch(.like(.notSimilarTo), tokens: 3)
        case .submultiset where peek(2).keyword == .of:
            return OperatorMatch(.binary(.notSubmultisetOf), tokens: 3)
        case .similar: return OperatorMatch(.incomplete([.to]), tokens: 2)
        case .submultiset: return OperatorMatch(.incomplete([.of]), tokens: 2)
        default:
            report(2)
            return nil
        }
    }

    private mutating func isOperator() -> OperatorMatch? {
        let isNot = peek().keyword == .not
        let skip = isNot ? 2 : 1
        let word = peek(skip).keyword
        func postfix(
            _ plain: SQLOperator,
            _ negated: SQLOperator,
            _ more: Int = 1
        )
            -> OperatorMatch
        {
            OperatorMatch(.postfix(isNot ? negated : plain), tokens: skip + more)
        }
        switch word {
        case .null: return postfix(.isNull, .isNotNull)
        case .true: return postfix(.isTrue, .isNotTrue)
        case .false: return postfix(.isFalse, .isNotFalse)
        case .unknown: return postfix(.isUnknown, .isNotUnknown)
        case .empty: return postfix(.isEmpty, .isNotEmpty)
        case .a where peek(skip + 1).keyword == .set: return postfix(.isASet, .isNotASet, 2)
        case .json:
            switch peek(skip + 1).keyword {
            case .value: return postfix(.isJSONValue, .isNotJSONValue, 2)
            case .object: return postfix(.isJSONObject, .isNotJSONObject, 2)
            case .array: return postfix(.isJSONArray, .isNotJSONArray, 2)
            case .scalar: return postfix(.isJSONScalar, .isNotJSONScalar, 2)
            default: return postfix(.isJSONValue, .isNotJSONValue)
            }
        case .distinct where peek(skip + 1).keyword == .from:
            let symbol: SQLOperator = isNot ? .isNotDistinctFrom : .isDistinctFrom
            return OperatorMatch(.binary(symbol), tokens: skip + 2)
        default:
            if isNot {
                let words: [Keyword] = [.null, .true, .false, .unknown, .distinct]
                return OperatorMatch(.incomplete(words), tokens: 2)
            }
            report(2)
            return nil
        }
    }

    private mutating func multisetOperator() -> OperatorMatch? {
        let isDistinct = peek(2).keyword == .distinct
        let count = isDistinct || peek(2).keyword == .all ? 3 : 2
        switch peek().keyword {
        case .union:
            let symbol: SQLOperator = isDistinct ? .multisetUnionDistinct : .multisetUnion
            return OperatorMatch(.binary(symbol), tokens: count)
        case .intersect:
            let symbol: SQLOperator = isDistinct ? .multisetIntersectDistinct : .multisetIntersect
            return OperatorMatch(.binary(symbol), tokens: count)
        case .except:
            let symbol: SQLOperator = isDistinct ? .multisetExceptDistinct : .multisetExcept
            return OperatorMatch(.binary(symbol), tokens: count)
        default:
            report(2)
            return nil
        }
    }
}
