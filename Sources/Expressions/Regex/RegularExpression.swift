import CPCRE2

/// A compiled regular expression in Java's syntax, run by PCRE2 with its compiler to machine code.
///
/// Not for use by several threads at once: the places of the groups of the last match are part
/// of it.
@safe final class RegularExpression {
    private let code: OpaquePointer
    private let data: OpaquePointer
    private let context: OpaquePointer?
    private let stack: OpaquePointer?

    /// The bytes of stack that compiled matching may use at most.
    private static let stackBytesMax = 1 << 20

    init(_ pattern: String) throws(JavaPatternTranslator.Invalid) {
        let translated = Array(try JavaPatternTranslator.translate(pattern).utf8)
        var error: Int32 = 0
        var offset = 0
        let compileContext = unsafe pcre2_compile_context_create_8(nil)
        unsafe pcre2_set_newline_8(compileContext, UInt32(PCRE2_NEWLINE_ANYCRLF))
        let compiled = unsafe translated.withUnsafeBufferPointer { bytes in
            unsafe pcre2_compile_8(
                bytes.baseAddress,
                bytes.count,
                UInt32(PCRE2_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C),
                &error,
                &offset,
                compileContext
            )
        }
        unsafe pcre2_compile_context_free_8(compileContext)
        guard let code = unsafe compiled else {
            throw JavaPatternTranslator.Invalid(reason: RegularExpression.message(error))
        }
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else {
            unsafe pcre2_code_free_8(code)
            throw JavaPatternTranslator.Invalid(reason: "out of memory")
        }
        unsafe self.code = unsafe code
        unsafe self.data = unsafe data
        if unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE)) == 0 {
            unsafe stack = unsafe pcre2_jit_stack_create_8(
                32 * 1024,
                RegularExpression.stackBytesMax,
                nil
            )
            unsafe context = unsafe pcre2_match_context_create_8(nil)
            unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
        } else {
            unsafe stack = nil
            unsafe context = nil
        }
    }

    deinit {
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_jit_stack_free_8(stack)
        unsafe pcre2_code_free_8(code)
    }

    private static func message(_ error: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            unsafe pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
        }
        return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
    }

    /// Whether the expression matches somewhere at or behind a byte; then `group` tells where.
    ///
    /// A text that is not UTF-8, or one that takes too many steps, does not match.
    func find(in text: Span<UInt8>, from start: Int = 0) -> Bool {
        match(text, start, options: 0)
    }

    /// Whether the expression matches the whole text.
    func matchesWhole(_ text: Span<UInt8>) -> Bool {
        match(text, 0, options: UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED))
    }

    private func match(_ text: Span<UInt8>, _ start: Int, options: UInt32) -> Bool {
        guard start <= text.count else { return false }
        return unsafe text.withUnsafeBufferPointer { bytes in
            var empty: UInt8 = 0
            let result =
                if let base = bytes.baseAddress {
                    unsafe pcre2_match_8(code, base, bytes.count, start, options, data, context)
                } else {
                    unsafe pcre2_match_8(code, &empty, 0, 0, options, data, context)
                }
            return result > 0
        }
    }

    /// The number of groups, without the whole match.
    var groupCount: Int {
        Int(unsafe pcre2_get_ovector_count_8(data)) - 1
    }

    /// The bytes of a group of the last match; nil when it took no part in it.
    func group(_ index: Int) -> Range<Int>? {
        guard index >= 0, index <= groupCount else { return nil }
        guard let places = unsafe pcre2_get_ovector_pointer_8(data) else { return nil }
        let lower = unsafe places[2 * index]
        let upper = unsafe places[2 * index + 1]
        // Groups that took no part stand at -1.
        guard lower >= 0, lower <= upper else { return nil }
        return lower..<upper
    }
}
