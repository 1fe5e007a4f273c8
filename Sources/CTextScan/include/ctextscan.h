#ifndef APUS_CTEXTSCAN_H
#define APUS_CTEXTSCAN_H

/// Byte scanning that Swift cannot spell: comparing 32 bytes and packing the results into a word.
///
/// The clang importer inlines these into Swift. Each has a scalar branch for other CPUs. All of
/// them may read up to 63 bytes behind the byte they stop at: the caller's blocks are padded.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/// Where a run of text ends, and whether a byte above 127 came before.
typedef struct {
    const uint8_t *_Nonnull end;
    uint32_t has_high;
} apus_text_end;

/// Finds the first quotation mark, backslash or control character at or behind `text`.
static inline apus_text_end apus_scan_json_text(const uint8_t *_Nonnull text) {
#if defined(__AVX2__)
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i control = _mm256_set1_epi8(0x1F);
    uint32_t high = 0;
    for (;; text += 32) {
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)text);
        const __m256i marks = _mm256_or_si256(
            _mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
        const __m256i stops = _mm256_or_si256(
            marks, _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, control), bytes));
        const uint32_t found = (uint32_t)_mm256_movemask_epi8(stops);
        const uint32_t above = (uint32_t)_mm256_movemask_epi8(bytes);
        if (found != 0) {
            high |= above & (found ^ (found - 1));
            return (apus_text_end){text + __builtin_ctz(found), high};
        }
        high |= above;
    }
#else
    uint32_t high = 0;
    for (;; text++) {
        const uint8_t byte = *text;
        if (byte == '"' || byte == '\\' || byte < 0x20) {
            return (apus_text_end){text, high};
        }
        high |= byte & 0x80;
    }
#endif
}

/// Whether the bits of `mask` are equal in 32 bytes of text and of a key.
static inline bool apus_matches(
    const uint8_t *_Nonnull text, const uint8_t *_Nonnull key, const uint8_t *_Nonnull mask) {
#if defined(__AVX2__)
    const __m256i difference = _mm256_xor_si256(
        _mm256_loadu_si256((const __m256i *)text), _mm256_loadu_si256((const __m256i *)key));
    return _mm256_testz_si256(difference, _mm256_loadu_si256((const __m256i *)mask));
#else
    uint64_t difference = 0;
    for (int i = 0; i < 32; i += 8) {
        uint64_t left, right, bits;
        memcpy(&left, text + i, 8);
        memcpy(&right, key + i, 8);
        memcpy(&bits, mask + i, 8);
        difference |= (left ^ right) & bits;
    }
    return difference == 0;
#endif
}

/// Finds the first of three bytes in `[text, end)`; `end` when there is none.
static inline apus_text_end apus_find_any(
    const uint8_t *_Nonnull text, const uint8_t *_Nonnull end, uint8_t a, uint8_t b, uint8_t c) {
    uint32_t high = 0;
#if defined(__AVX2__)
    const __m256i first = _mm256_set1_epi8((char)a);
    const __m256i second = _mm256_set1_epi8((char)b);
    const __m256i third = _mm256_set1_epi8((char)c);
    for (; text < end; text += 32) {
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)text);
        const __m256i stops = _mm256_or_si256(
            _mm256_cmpeq_epi8(bytes, third),
            _mm256_or_si256(_mm256_cmpeq_epi8(bytes, first), _mm256_cmpeq_epi8(bytes, second)));
        uint32_t found = (uint32_t)_mm256_movemask_epi8(stops);
        const uint32_t above = (uint32_t)_mm256_movemask_epi8(bytes);
        const ptrdiff_t rest = end - text;
        if (rest < 32) found |= (uint32_t)1 << rest;
        if (found != 0) {
            high |= above & (found ^ (found - 1));
            return (apus_text_end){text + __builtin_ctz(found), high};
        }
        high |= above;
    }
    return (apus_text_end){end, high};
#else
    for (; text < end; text++) {
        const uint8_t byte = *text;
        if (byte == a || byte == b || byte == c) break;
        high |= byte & 0x80;
    }
    return (apus_text_end){text, high};
#endif
}

/// Whether `length` bytes are well-formed UTF-8 (Unicode 15, table 3-7).
static inline bool apus_is_utf8(const uint8_t *_Nonnull text, size_t length) {
    const uint8_t *const end = text + length;
    while (text < end) {
        uint64_t word;
        if (end - text >= 8) {
            memcpy(&word, text, 8);
            if ((word & 0x8080808080808080u) == 0) {
                text += 8;
                continue;
            }
        }
        const uint8_t lead = *text;
        if (lead < 0x80) {
            text++;
            continue;
        }
        const ptrdiff_t rest = end - text;
        if (lead < 0xE0) {
            if (lead < 0xC2 || rest < 2 || (text[1] & 0xC0) != 0x80) return false;
            text += 2;
        } else if (lead < 0xF0) {
            if (rest < 3 || (text[1] & 0xC0) != 0x80 || (text[2] & 0xC0) != 0x80) return false;
            if (lead == 0xE0 && text[1] < 0xA0) return false;
            if (lead == 0xED && text[1] > 0x9F) return false;
            text += 3;
        } else {
            if (lead > 0xF4 || rest < 4 || (text[1] & 0xC0) != 0x80 ||
                (text[2] & 0xC0) != 0x80 || (text[3] & 0xC0) != 0x80)
                return false;
            if (lead == 0xF0 && text[1] < 0x90) return false;
            if (lead == 0xF4 && text[1] > 0x8F) return false;
            text += 4;
        }
    }
    return true;
}

#endif
