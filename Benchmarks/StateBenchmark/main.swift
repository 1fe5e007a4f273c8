import BenchmarkKit

// `StateBenchmark [NAME…]`: the usual benchmarks, or all whose name contains one of the words.
let wanted = Array(CommandLine.arguments.dropFirst())
Report.begin("Keyed state")
for benchmark in StateBenchmarks.all
where wanted.isEmpty ? benchmark.isUsual : wanted.contains(where: { benchmark.name.contains($0) }) {
    try benchmark.run()
}
