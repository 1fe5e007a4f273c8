import BenchmarkKit

var names = Array(CommandLine.arguments.dropFirst())
var repetitions = 9
if let first = names.first, let count = Int(first) {
    repetitions = count
    names.removeFirst()
}
Report.begin("JSON decoding")
let cases = BenchmarkCases.all.filter { names.isEmpty || names.contains($0.name) }
for benchmarkCase in cases { try benchmarkCase.run(repetitions: repetitions) }
