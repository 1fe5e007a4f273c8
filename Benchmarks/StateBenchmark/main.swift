import BenchmarkKit

/// `StateBenchmark [NAME…]`: all benchmarks, or those whose name contains one of the words.
let wanted = Array(CommandLine.arguments.dropFirst())
Report.begin("Keyed state")
for benchmark in StateBenchmarks.all
where wanted.isEmpty || wanted.contains(where: { benchmark.name.contains($0) }) {
    try benchmark.run()
}
