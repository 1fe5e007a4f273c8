import Columnar
import Testing

/// Texts that OpenJDK 17 printed; where they differ from the shortest ones, newer versions differ.
@Suite struct JavaDigitsTests {
    private static let doubles: [(UInt64, String)] = [
        (0x0, "0.0"), (0x8000_0000_0000_0000, "-0.0"), (0x3ff0_0000_0000_0000, "1.0"),
        (0xbff0_0000_0000_0000, "-1.0"), (0x3fb9_9999_9999_999a, "0.1"),
        (0x3f50_624d_d2f1_a9fc, "0.001"),
        (0x3f50_6243_162a_38e4, "9.9999E-4"), (0x4163_12cf_e000_0000, "9999999.0"),
        (0x4163_12d0_0000_0000, "1.0E7"), (0x4163_12cf_f000_0000, "9999999.5"),
        (0x40fe_240c_9fbe_76c9, "123456.789"), (0x3f60_624d_d2f1_a9fc, "0.002"),
        (0x44c5_2d02_c7e1_4af6, "1.9999999999999998E23"),
        (0x44b5_2d02_c7e1_4af6, "9.999999999999999E22"), (0x3f83_74bc_6a7e_f9db, "0.0095"),
        (0x4059_0000_0000_0000, "100.0"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157E308"),
        (0x1, "4.9E-324"), (0x10_0000_0000_0000, "2.2250738585072014E-308"),
        (0x10_0000_0000_0000, "2.2250738585072014E-308"), (0x28, "2.0E-322"), (0x2, "1.0E-323"),
        (0x7be0_0000_0000_0000, "4.8726570056999995E288"),
        (0x3e60_0000_0000_0000, "2.9802322387695312E-8"), (0x1, "4.9E-324"),
        (0x447c_7e83_209e_90b2, "8.409999999999999E21"), (0x3f60_624d_d2f1_a9fc, "0.002"),
        (0x3f0e_c694_a467_52f5, "5.87E-5"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157E308"),
        (0x4340_0000_0000_0000, "9.007199254740992E15"),
        (0x437b_69b4_ba63_0f35, "1.2345678901234568E17"),
        (0x43e0_0000_0000_0000, "9.223372036854776E18"),
        (0x43f0_0000_0000_0000, "1.8446744073709552E19"),
        (0x4330_0000_0000_0001, "4.503599627370497E15"),
        (0x7fdf_ffff_ffff_ffff, "8.988465674311579E307"),
        (0x4009_21fb_5444_2d18, "3.141592653589793"),
        (0x3ee4_f8b5_88e3_68f1, "1.0E-5"), (0x444b_1ae4_d6e2_ef50, "1.0E21"),
        (0x4480_f0cf_064d_d592, "1.0E22"), (0x483d_6329_f1c3_5ca5, "1.0E40"),
        (0x37a1_6c26_2777_579c, "1.0E-40"), (0x42b0_0000_0000_0000, "1.7592186044416E13"),
        (0x43d0_0000_0000_0000, "4.6116860184273879E18"),
        (0x43e0_0000_0000_0000, "9.223372036854776E18"),
        (0x4630_0000_0000_0000, "1.2676506002282294E30"),
        (0x3d30_0000_0000_0000, "5.6843418860808015E-14"),
        (0x39b0_0000_0000_0000, "7.888609052210118E-31"),
        (0x3cb0_0000_0000_0000, "2.220446049250313E-16"),
        (0x419d_6f34_547e_6b75, "1.2345678912345679E8"), (0x4341_c379_37e0_8000, "1.0E16"),
        (0x3fff_ffff_ffff_ffff, "1.9999999999999998"),
        (0x3fd3_3333_3333_3334, "0.30000000000000004"),
    ]

    private static let floats: [(UInt32, String)] = [
        (0x0, "0.0"), (0x8000_0000, "-0.0"), (0x3f80_0000, "1.0"), (0x3dcc_cccd, "0.1"),
        (0x4f00_0000, "2.14748365E9"), (0xcf00_0000, "-2.14748365E9"),
        (0x4ceb_79a3, "1.23456792E8"), (0x4c00_0000, "3.3554432E7"), (0x4b80_0000, "1.6777216E7"),
        (0x7f7f_ffff, "3.4028235E38"), (0x1, "1.4E-45"), (0x800000, "1.17549435E-38"),
        (0x4b18_967f, "9999999.0"), (0x4b18_9680, "1.0E7"), (0x5015_02f9, "1.0E10"),
        (0x5000_0000, "8.5899346E9"), (0x3a83_126f, "0.001"), (0x3a83_0f14, "9.999E-4"),
        (0x7fffff, "1.1754942E-38"), (0x1000000, "2.3509887E-38"), (0x6380_0000, "4.7223665E21"),
        (0x27, "5.5E-44"), (0x3fff_ffff, "1.9999999"), (0x4c80_0000, "6.7108864E7"),
        (0x4e00_0000, "5.3687091E8"), (0x4d80_0000, "2.68435456E8"), (0x5f00_0000, "9.223372E18"),
        (0x5f80_0000, "1.8446744E19"), (0x4c00_0000, "3.3554432E7"), (0x3e99_999a, "0.3"),
        (0x4683_126f, "16777.217"),
    ]

    private func text(_ write: (inout BytesBuilder) -> Void) -> String {
        var output = BytesBuilder(reserving: 1, bytes: 32)
        write(&output)
        output.endValue()
        return output.finish().strings[0]
    }

    private func text(_ number: Double) -> String { text { NumberText.write(number, to: &$0) } }

    private func text(_ number: Float) -> String { text { NumberText.write(number, to: &$0) } }

    @Test func `a DOUBLE has the text of Java's Double.toString`() {
        for (bits, expected) in Self.doubles {
            #expect(text(Double(bitPattern: bits)) == expected)
        }
        #expect(text(Double.nan) == "NaN" && text(-Double.nan) == "NaN")
        #expect(text(Double.infinity) == "Infinity" && text(-Double.infinity) == "-Infinity")
    }

    @Test func `a FLOAT has the text of Java's Float.toString`() {
        for (bits, expected) in Self.floats {
            #expect(text(Float(bitPattern: bits)) == expected)
        }
        #expect(text(Float.nan) == "NaN" && text(-Float.infinity) == "-Infinity")
    }

    @Test func `every text reads back as the number`() {
        var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<20_000 {
            bits ^= bits << 13
            bits ^= bits >> 7
            bits ^= bits << 17
            let number = Double(bitPattern: bits)
            if number.isFinite { #expect(Double(text(number)) == number) }
            let integer = Double(Int64(bitPattern: bits) >> Int64(bits % 63))
            #expect(Double(text(integer)) == integer)
            let short = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            if short.isFinite { #expect(Float(text(short)) == short) }
            let small = Double(bitPattern: bits >> (12 + bits % 52))
            #expect(Double(text(small)) == small)
        }
    }
}
