import Foundation
import Measure
import Reporting
import TestKit
import Testing

struct SchemaTests {
    /// Prints one line for each file of a folder: its name, and the first complaint or `ok`.
    private static let validator = """
        import json, pathlib, sys
        import jsonschema
        schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        judge = jsonschema.Draft202012Validator(schema)
        for file in sorted(pathlib.Path(sys.argv[2]).iterdir()):
            first = next(iter(judge.iter_errors(json.loads(file.read_text()))), None)
            print(file.stem, 'ok' if first is None else 'bad: ' + first.message[:120])
        """

    private static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Reports/schema/report.schema.json")

    private static let good: [String: MadeUpRun] = [
        "pass": MadeUpRun(), "fail": MadeUpRun(verdict: .fail, failures: ["glare": 212]),
        "invalid": MadeUpRun(verdict: .invalid, hasChatter: false, isFit: false),
        "interrupted": MadeUpRun(seconds: 3, verdict: .interrupted),
    ]

    /// Documents with one mistake each: the key path, and what stands there instead; nil removes the key.
    private static let mistakes: [(name: String, path: [String], value: JSONValue?)] = [
        ("no-metrics", ["metrics"], nil), ("no-verdict", ["verdict"], nil), ("no-plan-seed", ["plan", "seed"], nil),
        ("no-profile", ["profile"], nil), ("no-reasons", ["validity", "reasons"], nil),
        ("no-declared", ["backend", "declared"], nil), ("no-funnel", ["negotiations", "funnel"], nil),
        ("no-complete", ["complete"], nil), ("no-requested", ["metrics", "agents.requested"], nil),
        ("verdict-maybe", ["verdict"], .string("maybe")),
        ("metric-text", ["metrics", "agents.connected"], .string("4")),
        ("metric-null", ["metrics", "fanout.latency.p99"], .null),
        ("metric-negative", ["metrics", "deliveries.lost"], .integer(-1)),
        ("metric-path", ["metrics", "fan out"], .integer(1)),
        ("ratio-101", ["metrics", "negotiation.completion"], .number(1.01)),
        ("exit-code", ["exitCode"], .integer(1)), ("seed-text", ["plan", "seed"], .string("1")),
        ("digest-short", ["plan", "digest"], .string("abc")), ("started-local", ["startedAt"], .string("7 January")),
        ("gates-object", ["gates"], .object([:])),
        ("reason-unknown", ["negotiations", "failures"], .object(["bad luck": .integer(1)])),
        ("unfit-pass", ["validity", "fit"], .bool(false)), ("series-text", ["series", "t"], .array([.string("1")])),
        ("profile-empty", ["profile"], .object([:])), ("version-3", ["schemaVersion"], .integer(3)),
    ]

    @Test(.enabled(if: Lane.isSerial, "the validator is another program"))
    func `accepts what we write and rejects every single mistake`() async throws {
        let peer = try PythonPeer.required()
        try await TemporaryFolder.with { folder in
            for (name, run) in Self.good {
                try run.document().json().write(to: folder.appendingPathComponent("good-\(name).json"))
            }
            try MadeUpRun.unstarted().json().write(to: folder.appendingPathComponent("good-unstarted.json"))
            let whole = try JSONDecoder().decode(JSONValue.self, from: MadeUpRun().document().json())
            for mistake in Self.mistakes {
                let broken = whole.replacing(mistake.path[...], with: mistake.value)
                let json = try ReportCoding.encoder().encode(broken)
                try json.write(to: folder.appendingPathComponent("bad-\(mistake.name).json"))
            }
            let outcome = try await peer.run(Self.validator, [Self.schema.path, folder.path])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == Self.good.count + 1 + Self.mistakes.count)
            for line in lines { #expect(line.hasPrefix("good-") == line.hasSuffix(" ok"), "\(line)") }
        }
    }

    @Test func `names every key that a document has`() throws {
        let schema = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: Self.schema))
        let document = try JSONDecoder().decode(JSONValue.self, from: MadeUpRun().document().json())
        guard case .object(let known)? = schema["properties"], case .object(let keys) = document else {
            Issue.record("no object")
            return
        }
        // Lost connections stand there only when there were any; runs with a restarted backend are held to their schema.
        let occasional: Set = [
            "outages", "conformance", "causes", "contract", "proxy", "faults", "simulated", "shards",
        ]
        #expect(known.keys.filter { !occasional.contains($0) }.sorted() == keys.keys.sorted())
    }
}

extension JSONValue {
    /// The value with the member of a path replaced or removed.
    fileprivate func replacing(_ path: ArraySlice<String>, with value: JSONValue?) -> JSONValue {
        guard case .object(var members) = self, let key = path.first else { return value ?? self }
        members[key] = path.count == 1 ? value : members[key]?.replacing(path.dropFirst(), with: value)
        return .object(members)
    }
}
