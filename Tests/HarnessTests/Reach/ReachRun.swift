import Foundation
import TestKit
import Testing

/// A run of six agents in rooms of three that is over in two seconds: enough to see who gets in, and that all of it comes.
enum ReachRun {
    /// The six pairs of two rooms of three.
    static let pairs = 6.0

    static let profile = """
        name: reach
        agents: 6
        rooms: {size: 3}
        arrival: {pattern: constant, rate: 100/s}
        calls: {when: present, gap: 100ms}
        signaling: {pacing: none, candidates: 1, timeout: 1s}
        chatter: {rate: 5/s, bytes: 50}
        phases: {warmup: 200ms, steady: 1500ms, drain: 10s}
        leave: bye
        validity: {lateness: 100%, loopLag: 10s, cpu: 100%, throttled: 100%}

        """

    /// Does the same with all of them at once: each waits most of its time.
    static func each<T: Sendable>(_ all: [T], _ body: @escaping @Sendable (T) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in all { group.addTask { try await body(one) } }
            try await group.waitForAll()
        }
    }

    /// Runs once, and reads what came of it.
    static func play(
        _ flags: [String], profile: String = Self.profile
    ) async throws -> (ending: SignalbenchProcess.Ending, report: SmallRun.Report) {
        let small = try SmallRun(profile)
        let ending = try await small.start(flags).end()
        return (ending, try await SmallRun.Report(in: small.out))
    }

    /// The right settings reach the server: every pair completes, nothing is lost, and every count is as predicted.
    static func reaches(_ flags: [String], profile: String = Self.profile) async throws {
        var (ending, report) = try await Self.play(flags, profile: profile)
        if report.metric("signaling.sent") != (report.json["prediction"] as? [String: Any])?["messages"] as? Double {
            // On a busy machine the calls of a room overlap: that takes other numbers of messages. Once more, with
            // longer gaps.
            print("the calls of \(flags) overlapped; once more, with longer gaps")
            (ending, report) = try await Self.play(
                flags + ["--set", "calls.gap=1s", "--set", "signaling.timeout=6s"], profile: profile)
        }
        report.check(ending, status: 0)
        report.checkIdentities()
        #expect(report.metric("negotiation.expected") == Self.pairs)
        #expect(report.metric("negotiation.connectable") == Self.pairs)
        for fault in ["lost", "duplicate", "stray", "reordered", "corrupted", "grey"] {
            #expect(report.metric("deliveries.\(fault)") == 0, "\(fault): \(flags)")
        }
        if let prediction = report.json["prediction"] as? [String: Any] {
            #expect(report.metric("signaling.deliveries") == prediction["deliveries"] as? Double)
            #expect(report.metric("signaling.sent") == prediction["messages"] as? Double)
        }
        #expect(report.causes.isEmpty, "\(report.causes)")
    }

    /// Wrong settings do not, and the cause is named.
    ///
    /// - Parameters:
    ///   - flags: of the command.
    ///   - words: what the cause has to say.
    ///   - count: how often it was seen; nil where that is the server's affair.
    ///   - profile: another than ``profile``.
    ///   - statuses: how the run may end: invalid where nobody got in, a broken contract where something was lost.
    /// - Throws: when the run cannot be started or writes no report.
    static func fails(
        _ flags: [String], saying words: [String], count: UInt64? = 6, profile: String = Self.profile,
        statuses: Set<Int32> = [2]
    ) async throws {
        let (ending, report) = try await Self.play(flags, profile: profile)
        #expect(statuses.contains(ending.status), "\(flags): \(ending.output) \(ending.errors)")
        let found = report.causes.first { cause in words.allSatisfy { cause.text.contains($0) } }
        let isNamed = found != nil
        #expect(isNamed, "\(flags): no cause says \(words): \(report.causes)")
        if let count { #expect(found?.count == count, "\(flags): \(report.causes)") }
        // People read it where the run ends; false cures of before appear nowhere.
        for word in words { #expect(ending.output.contains(word), "\(word): \(ending.output)") }
        for lie in ["raise its limit", "lower the rate"] { #expect(!ending.output.contains(lie), "\(ending.output)") }
        #expect(!ending.output.contains("\u{1B}"))
    }
}

extension SmallRun.Report {
    /// What stands in `causes[]`: place, code and words, and how often.
    var causes: [(text: String, count: UInt64)] {
        let all = self.json["causes"] as? [[String: Any]] ?? []
        return all.map { cause in
            let word = { (key: String) in cause[key] as? String ?? "" }
            return (
                "\(word("where")) \(word("code")): \(word("text"))", (cause["count"] as? NSNumber)?.uint64Value ?? 0
            )
        }
    }
}
