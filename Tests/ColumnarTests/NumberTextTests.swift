import Columnar
import Testing

@Suite struct NumberTextTests {
    private func text(_ write: (inout BytesBuilder) -> Void) -> String {
        var output = BytesBuilder()
        write(&output)
        output.endValue()
        return output.finish().string(0)
    }

    @Test func `integers of all widths are written as Swift writes them`() {
        for value in [Int8.min, -1, 0, 7, 10, Int8.max] {
            #expect(text { NumberText.write(value, to: &$0) } == String(value))
        }
        for value in [Int64.min, -1_000_000_000_000_000_000, -9, 0, 99, 100, Int64.max] {
            #expect(text { NumberText.write(value, to: &$0) } == String(value))
        }
        let nineteen: Int128 = 10_000_000_000_000_000_000
        for value in [
            Int128.min, Int128(Int64.min) - 1, -nineteen, 0, nineteen - 1, nineteen,
            nineteen * nineteen - 1, Int128(UInt64.max), Int128(UInt64.max) + 1, Int128.max,
        ] {
            #expect(text { NumberText.write(value, to: &$0) } == String(value))
        }
    }

    @Test func `zeros fill up to the least number of digits`() {
        #expect(text { NumberText.writeDigits(0 as UInt64, minimum: 1, to: &$0) } == "0")
        #expect(text { NumberText.writeDigits(7 as UInt32, minimum: 3, to: &$0) } == "007")
        let widest = text { NumberText.writeDigits(42 as UInt128, minimum: 38, to: &$0) }
        #expect(widest == String(repeating: "0", count: 36) + "42")
        let wide = UInt128(10_000_000_000_000_000_000) * 10 + 5
        let padded = text { NumberText.writeDigits(wide, minimum: 38, to: &$0) }
        #expect(padded == String(repeating: "0", count: 17) + String(wide))
        #expect(
            text { NumberText.writeDigits(UInt128.max, minimum: 1, to: &$0) } == "\(UInt128.max)"
        )
    }

    @Test func `decimals keep the zeros of their scale`() {
        #expect(
            text { NumberText.writeDecimal(-5, scale: 38, to: &$0) } == "-0."
                + String(repeating: "0", count: 37) + "5"
        )
        #expect(text { NumberText.writeDecimal(1050, scale: 2, to: &$0) } == "10.50")
        #expect(text { NumberText.writeDecimal(-7, scale: 0, to: &$0) } == "-7")
    }
}
