import Columnar

/// Text exactly as the server writes it; the form of every type without one of ours.
final class TextBuilder: FieldBuilder {
    private var values = BytesBuilder()

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        values.append(text)
        return .taken
    }

    override func takeNull() { values.appendEmpty() }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = BytesBuilder()
        swap(&taken, &values)
        return Column(type, taken.finish(), validity: validity)
    }
}

/// BYTEA in the form `\x00ff`.
final class ByteaBuilder: FieldBuilder {
    private var values = BytesBuilder()

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
            text[1] == UInt8(ascii: "x")
        else { return .malformed }
        var isValid: UInt8 = 0
        var index = 2
        while index < text.count {
            let high = ByteaBuilder.nibble(text[index])
            let low = ByteaBuilder.nibble(text[index &+ 1])
            isValid |= (high | low) & 0xF0
            values.write(byte: high &<< 4 | low & 0x0F)
            index &+= 2
        }
        guard isValid == 0 else {
            // The bytes written so far belong to no value: close them off as the NULL's own.
            return .malformed
        }
        values.endValue()
        return .taken
    }

    /// The value of a hexadecimal digit; 255 for anything else.
    private static func nibble(_ byte: UInt8) -> UInt8 {
        let number = byte &- UInt8(ascii: "0")
        if number < 10 { return number }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : 255
    }

    override func takeNull() { values.appendEmpty() }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = BytesBuilder()
        swap(&taken, &values)
        return Column(type, taken.finish(), validity: validity)
    }
}

/// Arrays: `{1,NULL,3}`, `{"a","b,c"}`, `{{1,2},{3,4}}`, `[2:3]={1,2}`.
final class ArrayBuilder: FieldBuilder {
    private let elements: FieldBuilder
    private var offsets = GrowingValues<Int32>()
    private var elementCount: Int32 = 0

    init(_ type: DataType, elements: FieldBuilder) {
        self.elements = elements
        super.init(type)
        offsets.append(0)
    }

    override func take(_ text: Span<UInt8>) -> FieldOutcome {
        var parser = ArrayTextParser(text)
        guard parser.open() else { return .malformed }
        // A value with more dimensions than declared cannot be shown: NULL stands in its place.
        let isNested = elements is ArrayBuilder
        var worst = FieldOutcome.taken
        var added: Int32 = 0
        while let element = parser.next() {
            switch element {
            case .null: elements.appendNull()
            case .value(let bytes):
                worst = ArrayBuilder.worse(worst, elements.append(bytes.span))
            case .nested(let bytes):
                if isNested {
                    worst = ArrayBuilder.worse(worst, elements.append(bytes.span))
                } else {
                    elements.appendNull()
                    worst = .replacedByNull
                }
            }
            added &+= 1
        }
        elementCount &+= added
        if worst == .replacedByNull || worst == .malformed || !parser.isComplete {
            // The elements stay, as those under a NULL.
            return parser.isComplete ? worst : .malformed
        }
        offsets.append(elementCount)
        return worst
    }

    private static func worse(_ left: FieldOutcome, _ right: FieldOutcome) -> FieldOutcome {
        left.rawValue >= right.rawValue ? left : right
    }

    override func takeNull() { offsets.append(elementCount) }

    override func takeColumn(_ validity: Bitmap?) -> Column {
        var taken = GrowingValues<Int32>()
        taken.append(0)
        swap(&taken, &offsets)
        elementCount = 0
        let lists = ListValues(offsets: taken.finish(), elements: elements.finish())
        return Column(type, lists, validity: validity)
    }
}

/// Splits the text of an array value into its elements.
struct ArrayTextParser: ~Escapable {
    enum Element {
        case null
        case value([UInt8])
        /// An inner array, with its braces.
        case nested([UInt8])
    }

    private let text: Span<UInt8>
    private var position = 0
    /// Whether the closing brace of the array was reached, and nothing stands behind it.
    private(set) var isComplete = false

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    /// Goes behind the opening brace, past explicit bounds; false when there is none.
    mutating func open() -> Bool {
        if text.count > 0, text[0] == UInt8(ascii: "[") {
            while position < text.count, text[position] != UInt8(ascii: "=") { position &+= 1 }
            position &+= 1
        }
        guard position < text.count, text[position] == UInt8(ascii: "{") else { return false }
        position &+= 1
        return true
    }

    /// The next element; nil at the end.
    mutating func next() -> Element? {
        guard position < text.count, !isComplete else { return nil }
        if text[position] == UInt8(ascii: ",") { position &+= 1 }
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "}"):
            position &+= 1
            isComplete = position == text.count
            return nil
        case UInt8(ascii: "{"): return inner()
        case UInt8(ascii: "\""): return quoted()
        default: return bare()
        }
    }

    private mutating func bare() -> Element {
        var bytes: [UInt8] = []
        while position < text.count, text[position] != UInt8(ascii: ","),
            text[position] != UInt8(ascii: "}")
        {
            if text[position] == UInt8(ascii: "\\"), position &+ 1 < text.count { position &+= 1 }
            bytes.append(text[position])
            position &+= 1
        }
        return TextScan.equals(bytes.span, "NULL") ? .null : .value(bytes)
    }

    private mutating func quoted() -> Element {
        var bytes: [UInt8] = []
        position &+= 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            if text[position] == UInt8(ascii: "\\"), position &+ 1 < text.count { position &+= 1 }
            bytes.append(text[position])
            position &+= 1
        }
        position &+= 1
        return .value(bytes)
    }

    private mutating func inner() -> Element? {
        var bytes: [UInt8] = []
        var depth = 0
        var isQuoted = false
        while position < text.count {
            let byte = text[position]
            bytes.append(byte)
            position &+= 1
            if byte == UInt8(ascii: "\\"), position < text.count {
                bytes.append(text[position])
                position &+= 1
                continue
            }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "{") { depth &+= 1 }
            if byte == UInt8(ascii: "}") {
                depth &-= 1
                if depth == 0 { return .nested(bytes) }
            }
        }
        return nil
    }
}
