import Testing

@Suite struct ScalarCaseTests {
    @Test(arguments: ScalarCase.all)
    func `an expression gives the type and the value that Flink gives`(name: String) throws {
        let test = ScalarCase(name: name)
        let actual = try test.actual().sorted {
            Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
        }
        let expected = try test.expected()
        let missing = expected.filter { !actual.contains($0) }
        let extra = actual.filter { !expected.contains($0) }
        #expect(missing == [])
        #expect(extra == [])
        #expect(actual.count == expected.count)
    }
}
