import Measure
import Reporting

/// A run that never happened: plausible input for the pages, the schema and the golden files.
struct MadeUpRun {
    var seconds = 34
    var verdict = Verdict.pass
    var name = "mesh-8"
    var description = "many small rooms that fill one by one"
    var room = "room-12"
    var hasChatter = true
    var backend = "relay"
    var isRouted = false
    var isFit = true
    var failures: [String: Int] = [:]
    var digest = "3f2a9c0d5b6e7f8190a1b2c3d4e5f607"

    /// A run that never came to its load: no figure but how many agents were asked for.
    static func unstarted() throws -> ReportDocument {
        var run = MadeUpRun(verdict: .invalid).result
        run.exitCode = 69
        run.gates = []
        run.validity = Validity(fit: false, reasons: ["nothing answers at 127.0.0.1:9; start the server"], checks: [])
        run.metrics = ["agents.requested": 400]
        run.histograms = [:]
        run.series = SeriesReport()
        run.negotiations = NegotiationReport()
        run.prediction = nil
        run.backend = BackendReport(id: "mqtt", url: "", command: nil, declared: [:])
        run.complete = false
        return try ReportDocument(result: run, profile: MadeUpRun().profile)
    }

    func document() throws -> ReportDocument {
        try ReportDocument(result: self.result, profile: self.profile)
    }

    var profile: JSONValue {
        .object([
            "name": .string(self.name), "description": .string(self.description), "agents": .integer(400),
            "rooms": .object(["size": .integer(8), "fill": .string("interleaved")]),
            "backend": .object(["id": .string(self.backend), "url": .string("ws://127.0.0.1:40123/")]),
            "chatter": self.hasChatter
                ? .object(["rate": .string("1/s"), "bytes": .integer(200)]) : .null,
            "gates": .array([.string("negotiation.completion >= 99.9%"), .string("fanout.latency.p99 < 50ms")]),
            "seed": .integer(1),
        ])
    }

    var result: RunResult {
        RunResult(
            tool: "signalbench 0.1.0",
            verdict: self.verdict,
            gates: self.gates,
            validity: self.validity,
            metrics: self.metrics,
            histograms: self.histograms,
            series: self.series,
            negotiations: self.negotiations,
            prediction: Prediction(
                messages: 21_400, deliveries: self.isRouted ? 22_400 : 101_850, useful: 22_400,
                amplification: self.isRouted ? 1 : 4.546875, exact: false,
                law: "clean-mesh law; rooms fill while others negotiate"
            ),
            backend: BackendReport(
                id: self.backend, url: "ws://127.0.0.1:40123/",
                command: ["signalbench", "serve", self.backend, "--port", "0"],
                declared: ["selfEcho": "false", "directed": self.isRouted ? "routed" : "broadcast"], pid: 4711
            ),
            plan: PlanReport(digest: self.digest, seed: 1, comparableDigest: "9d8c7b6a5f4e3d2c1b0a99887766554433"),
            environment: EnvironmentReport(
                command: "signalbench run mesh-8 --backend \(self.backend) --seed 1 --out Reports/mesh-8",
                os: "Debian GNU/Linux 12 (bookworm)", kernel: "6.8.0", cores: 2, memory: 25_216_589_824,
                swift: "6.3.1", limits: ["file descriptors": "20000", "ports": "32768 to 60999"]
            ),
            startedAt: "2026-01-07T12:00:00.000Z",
            finishedAt: "2026-01-07T12:00:36.120Z",
            complete: self.verdict != .interrupted
        )
    }
}
