import Glibc

/// What `.ci/bench` runs: `receive BACKEND COUNT` under callgrind, `loopback` by itself, `count …` as its child.
@main
struct Benchmarks {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "receive":
            let count = arguments.count > 3 ? Int(arguments[3]) ?? 10_000 : 10_000
            try ReceiveBenchmark.run(backend: arguments.count > 2 ? arguments[2] : "relay", count: count)
        case "loopback":
            try await LoopbackBenchmark.run(pairs: arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3)
        case "count":
            try await FrameCounter.run(arguments: Array(arguments.dropFirst(2)))
        default:
            print("usage: benchmarks receive BACKEND COUNT | loopback PAIRS")
            exit(64)
        }
    }
}
