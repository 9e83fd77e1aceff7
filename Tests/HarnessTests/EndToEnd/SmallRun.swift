import Foundation
import TestKit
import Testing

/// A run of twelve agents in rooms of three, over in seconds, and its report.
struct SmallRun {
    /// Members present, calls one after another, two candidates a side: the arithmetic is exact.
    ///
    /// The validity limits are wide, because tests share two cores with one another and only the counts matter here.
    static func profile(steady: String = "2s", extra: String = "") -> String {
        """
        name: small
        agents: 12
        rooms: {size: 3}
        arrival: {pattern: constant, rate: 100/s}
        calls: {when: present, gap: 500ms}
        signaling: {pacing: none, candidates: 2, timeout: 2s}
        chatter: {rate: 5/s, bytes: 50}
        phases: {warmup: 500ms, steady: \(steady), drain: 8s}
        leave: bye
        validity: {lateness: 100%, loopLag: 5s, cpu: 100%, throttled: 100%}
        \(extra)

        """
    }

    /// What a `report.json` says.
    struct Report {
        let json: [String: Any]

        init(_ text: String) throws {
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
            self.json = try #require(object as? [String: Any])
        }

        /// Reads a report that a run wrote, and holds it to the published schema.
        ///
        /// The validator is PyPI's `jsonschema`.
        init(in folder: String) async throws {
            let path = folder + "/report.json"
            try self.init(String(contentsOfFile: path, encoding: .utf8))
            let outcome = try await PythonPeer.required().run(Self.validator, [Self.schema, path])
            #expect(outcome.output == "ok\n", "\(path): \(outcome.output)\(outcome.errors)")
        }

        private static let validator = """
            import json, pathlib, sys
            import jsonschema
            schema, report = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:3])
            first = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(report)), None)
            print('ok' if first is None else f'{first.json_path}: {first.message[:200]}')
            """

        private static let schema = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Reports/schema/report.schema.json").path

        func metric(_ path: String) -> Double? {
            (self.json["metrics"] as? [String: Any])?[path] as? Double
        }

        var verdict: String? { self.json["verdict"] as? String }
        var isComplete: Bool? { self.json["complete"] as? Bool }
        var exitCode: Int? { self.json["exitCode"] as? Int }
        var backend: [String: Any] { self.json["backend"] as? [String: Any] ?? [:] }

        var reasons: String {
            let validity = self.json["validity"] as? [String: Any]
            return (validity?["reasons"] as? [String] ?? []).joined(separator: "; ")
        }

        /// A row of the validity table.
        func validityCheck(_ name: String) -> [String: Any]? {
            let checks = (self.json["validity"] as? [String: Any])?["checks"] as? [[String: Any]]
            return checks?.first { $0["name"] as? String == name }
        }

        /// The lost connections of all outages, by reason.
        var lossReasons: [String: Int] {
            let outages = self.json["outages"] as? [[String: Any]] ?? []
            return outages.compactMap { $0["reasons"] as? [String: Int] }.reduce(into: [:]) { all, some in
                all.merge(some, uniquingKeysWith: +)
            }
        }

        /// Holds a run to `status`, unless the tests around it kept the generator from its pace: that is not its fault.
        func check(_ ending: SignalbenchProcess.Ending, status: Int32) {
            let validity = self.json["validity"] as? [String: Any]
            let reasons = validity?["reasons"] as? [String] ?? []
            let isSlowed =
                !reasons.isEmpty
                && reasons.allSatisfy { $0.hasPrefix("Sends were late") || $0.hasPrefix("The event loops lagged") }
            #expect(
                ending.status == status || (ending.status == 2 && isSlowed),
                "\(ending.output) \(ending.errors) \(reasons)")
        }

        /// The ledger's identities: every receipt has one class, and what was owed came or was lost.
        func checkIdentities() {
            let value = { (name: String) in self.metric("deliveries.\(name)") ?? 0 }
            #expect(
                value("total")
                    == value("useful") + value("overheard") + value("echo") + value("duplicate") + value("stray"))
            #expect(
                value("total") == value("delivered") + value("grey") + value("duplicate") + value("stray"))
            #expect(value("expected") == value("delivered") + value("censored") + value("excused"))
        }
    }

    let folder: TemporaryFolder
    let profile: String
    let out: String

    init(_ text: String = SmallRun.profile()) throws {
        self.folder = try TemporaryFolder()
        self.profile = try self.folder.file("small.yaml", text)
        self.out = self.folder.path + "/out"
    }

    /// Starts it in the background.
    func start(_ flags: String...) throws -> SignalbenchProcess { try self.start(flags) }

    func start(_ flags: [String]) throws -> SignalbenchProcess {
        try SignalbenchProcess(["run", self.profile, "--out", self.out] + flags, in: self.folder.path)
    }

    func run(_ flags: String...) async throws -> (ending: SignalbenchProcess.Ending, report: Report) {
        try await self.run(flags)
    }

    /// Runs it to its end and reads its report; a run that comes out invalid, which a busy machine may do to it, is
    /// repeated once.
    func run(_ flags: [String]) async throws -> (ending: SignalbenchProcess.Ending, report: Report) {
        let ending = try await self.start(flags).end()
        let report = try await Report(in: self.out)
        guard ending.status == 2 else { return (ending, report) }
        print("repeating a run that was invalid: \(report.reasons) (\(flags))")
        let again = try await self.start(flags).end()
        return (again, try await Report(in: self.out))
    }
}
