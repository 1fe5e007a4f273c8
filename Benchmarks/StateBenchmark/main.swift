import Columnar
import Core
import KeyedState
import ObjectStore

#if canImport(Glibc)
import Glibc
#endif

let wanted = Array(CommandLine.arguments.dropFirst())
for benchmark in StateBenchmarks.all
where wanted.isEmpty || wanted.contains(where: { benchmark.name.contains($0) }) {
    do {
        try benchmark.run()
    } catch {
        print("\(benchmark.name): \(error)")
    }
}
