import Fleet
import Foundation
import Measure
import NIOCore
import Testing

/// Backends that lie: what the report says is what the server's own log says, and no verdict is a pass.
struct LyingBackendTests {
    @Test(arguments: LyingCase.all.indices)
    func `every count is the server's own, and no verdict is a pass`(number: Int) throws {
        let lying = LyingCase.all[number]
        let played = try LyingCase.played[number].get()
        for fact in played.facts {
            #expect(fact.reported == Double(fact.truth), "\(lying.lie): \(fact.what), \(fact.metric)")
        }
        let main = try #require(played.facts.first)
        #expect(main.truth > 0, "\(lying.lie): it told no lie")
        #expect(played.verdict != .pass && !played.because.isEmpty, "\(lying.lie)")
        #expect(Self.isWhole(played.ledger), "\(lying.lie): \(played.ledger)")
    }

    @Test func `a server that does not lie passes`() throws {
        let outcome = try LyingRun().play()
        #expect(outcome.verdict == .pass, "\(outcome.because)")
        #expect(outcome.metrics["messages.sent"] == Double(outcome.log.taken))
        #expect(outcome.metrics["deliveries.total"] == Double(outcome.log.said))
        #expect(Self.isWhole(outcome.fleet.samples.ledger))
    }

    @Test func `a server that takes 2 s to close, and delivers meanwhile, doubles nothing`() throws {
        var run = LyingCase.liar { server, _ in server.closing = .seconds(2) }
        LyingCase.churn(&run, stay: 3_000, rejoin: 300)
        let outcome = try run.play()
        #expect(outcome.metrics["deliveries.duplicate"] == 0 && outcome.metrics["deliveries.lost"] == 0)
        #expect(outcome.metrics["messages.sent"] == Double(outcome.log.taken))
        #expect(outcome.verdict == .pass, "\(outcome.because)")
        #expect(Self.isWhole(outcome.fleet.samples.ledger))
    }

    @Test func `a server that never acknowledges a join, and loses nothing, passes`() throws {
        var run = LyingCase.liar { server, _ in
            server.fate = { text, _ in text.bytes.starts(with: Array("43".utf8)) ? .dropped : .said }
        }
        run.backend = "socketio"
        let outcome = try run.play()
        #expect(outcome.verdict == .pass, "\(outcome.because)")
        #expect(outcome.metrics["messages.unsent"] == 0 && outcome.metrics["sessions.unheard"] == 0)
        #expect(outcome.metrics["deliveries.total"] == Double(outcome.log.said))
    }

    /// What was owed was delivered, censored or excused.
    private static func isWhole(_ ledger: LedgerTotals) -> Bool {
        ledger.expected == ledger.delivered + ledger.censored + ledger.excused
    }

    // MARK: The table

    @Test func `the documentation shows these figures`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "Sources/signalbench/Documentation.docc/LyingBackends.md")
        let article = try Self.article()
        if ProcessInfo.processInfo.environment["SIGNALBENCH_RECORD"] != nil {
            try article.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == article)
    }

    private static func article() throws -> String {
        let rows = try zip(LyingCase.all, LyingCase.played).map { lying, result in
            let played = try result.get()
            let facts = played.facts
            let truth = facts.map { "\($0.truth) \($0.what)" }.joined(separator: ", ")
            let report = facts.map { "\($0.metric) \($0.reported.map { "\(Int($0))" } ?? "–")" }
            let ledger = played.ledger
            let owed =
                "owed \(ledger.expected) = \(ledger.delivered) delivered + \(ledger.censored) censored + "
                + "\(ledger.excused) excused"
            let verdict = "\(played.verdict.rawValue): \(played.because.joined(separator: ", "))"
            return "| \(lying.lie) | \(truth) | \(report.joined(separator: ", ")); \(owed) | \(verdict) |"
        }
        return Self.head + rows.joined(separator: "\n") + "\n"
    }

    private static let head = """
        # Backends that lie

        What a report says of servers that lose, double, delay or invent, beside what each truly did.

        Each row is a run of twelve members in rooms of three, unless it says otherwise, in virtual time, against a server of
        ours with a liar between it and its connections; the liar keeps its own log. A test plays all of them: it holds every
        figure of the third column to that of the second, and this page to both. The last column names the cases of the
        contract, the gates and the checks of validity that decided the verdict.

        | lie | what the server truly did | what the report says | verdict |
        |---|---|---|---|

        """
}
