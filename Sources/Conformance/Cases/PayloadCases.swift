import Measure
import Signaling

/// What a message may hold: PAY-01 to PAY-06 and PAY-10.
enum PayloadCases {
    static let all: [String: CaseBook.Body] = [
        "PAY-01": { try await Self.descriptions($0) },
        "PAY-02": { try await Self.unicode($0) },
        "PAY-03": { try await Self.controls($0) },
        "PAY-04": { try await Self.numbers($0) },
        "PAY-05": { try await Self.structure($0) },
        "PAY-06": { try await Self.depth($0) },
        "PAY-10": { try await Self.empty($0) },
    ]

    /// What became of one content at another member.
    private enum Fate {
        case equal
        /// Another content arrived.
        case changed(JSONTree?)
        /// Nothing arrived, and the sender was told or thrown out.
        case refused
        /// Nothing arrived, and nobody was told.
        case vanished
    }

    /// Sends contents one after another, and sees what becomes of each; who is thrown out is replaced.
    private static func fates(
        of contents: [String], _ rig: isolated CaseRig, isEqual: (JSONTree, JSONTree) -> Bool = { $0.says($1) }
    ) async throws -> [Fate] {
        let room = rig.room()
        let receiver = try await rig.member(of: room)
        var sender = try await rig.member(of: room)
        var fates: [Fate] = []
        for content in contents {
            if !sender.isJoined { sender = try await rig.member(of: room) }
            let refusals = sender.refusals.count
            let key = sender.push(content, kind: .chatter)
            let after = sender.push("0")
            await rig.wait(seconds: 3) { receiver.inbox.contains { $0.key == after } || !sender.isOpen }
            await rig.pause(seconds: sender.isOpen ? 0.01 : 0.2)
            if let heard = receiver.inbox.first(where: { $0.key == key }) {
                guard let wanted = JSONTree(content), let got = heard.content else {
                    fates.append(.changed(heard.content))
                    continue
                }
                fates.append(isEqual(wanted, got) ? .equal : .changed(got))
            } else {
                fates.append(!sender.isOpen || sender.refusals.count > refusals ? .refused : .vanished)
            }
        }
        return fates
    }

    /// Judges contents that have to arrive unchanged, or at least to be refused.
    private static func judge(
        _ contents: [String], _ fates: [Fate], _ rig: isolated CaseRig, expected: String, mayRefuse: Bool
    ) -> CaseOutcome {
        var bad: [String] = []
        var refused = 0
        for (content, fate) in zip(contents, fates) {
            let name = RoomLabel.of(String(content.prefix(40)))
            switch fate {
            case .equal: break
            case .changed(let tree):
                bad.append("\(name) arrived as \(tree.map { "\($0)".prefix(60) } ?? "something else")")
            case .refused: refused += 1
            case .vanished: bad.append("\(name) vanished without a word")
            }
        }
        if !mayRefuse, refused > 0 { bad.append("\(refused) were refused") }
        return CaseOutcome(
            bad.isEmpty ? .pass : .fail, expected: expected,
            actual: bad.isEmpty
                ? "\(fates.count - refused) equal, \(refused) refused" : bad.prefix(3).joined(separator: "; "),
            evidence: rig.evidence, counterexample: bad.isEmpty ? [] : Array(rig.history.events.suffix(20)))
    }

    private static func descriptions(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let short = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=fmtp:96\tx/y+z=1\r\n"
        let section =
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n"
        var long = short
        for index in 0..<16 {
            long += section + "a=mid:\(index)\r\n"
            while long.utf8.count < (index + 1) * 2_560 {
                long += "a=extmap:\(index) urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
            }
        }
        let contents = [JSONWriting.string(short), JSONWriting.string(long), #""a\/b+c%20d\u002Be\r\n""#]
        let fates = try await Self.fates(of: contents, rig, isEqual: ==)
        return Self.judge(
            contents, fates, rig, expected: "session descriptions arrive byte for byte, with every line end",
            mayRefuse: false)
    }

    private static func unicode(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let contents =
            [
                "😀👩‍👩‍👧‍👦", "e\u{301}", "\u{E9}", "\u{2028}\u{2029}", "\u{FEFF}x", "\u{FFFD}", "\u{10FFFF}", "日本語 עברית",
            ].map(JSONWriting.string) + [#""\ud83d\ude00""#, #""\u65E5""#]
        let fates = try await Self.fates(of: contents, rig, isEqual: ==)
        return Self.judge(
            contents, fates, rig, expected: "strings arrive equal, code unit by code unit", mayRefuse: false)
    }

    private static func controls(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let contents = [#""a\u0000b""#, #""a\u001eb""#, #""a\u007fb""#, #""a\ud800b""#, "\"a\u{7F}b\""]
        let fates = try await Self.fates(of: contents, rig, isEqual: ==)
        var outcome = Self.judge(
            contents, fates, rig, expected: "control characters and lone surrogates arrive equal, or are refused",
            mayRefuse: true)
        if outcome.verdict == .fail { outcome.verdict = .nonStrict }
        return outcome
    }

    private static func numbers(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let contents = [
            "9007199254740991", "9007199254740993", "0.1", "-0", "1e308", "12345678901234567890", "1.0", "1E2",
            "[9007199254740993,3]",
        ]
        let declared = rig.declaration.text("numbers")
        let verbatim = try await Self.fates(of: contents, rig, isEqual: ==)
        let changed = zip(contents, verbatim).filter { if case .equal = $0.1 { false } else { true } }
        let asDoubles = zip(contents, verbatim).allSatisfy { content, fate in
            switch fate {
            case .equal, .refused: true
            case .changed(let got): got.map { JSONTree(content)?.says($0) ?? false } ?? false
            case .vanished: false
            }
        }
        let actual =
            changed.isEmpty
            ? "as they were written"
            : asDoubles
                ? "equal as doubles; spelt anew: \(changed.map(\.0).joined(separator: ", "))" : "other numbers arrived"
        let evidence = rig.evidence
        switch declared {
        case "verbatim":
            return rig.check(
                changed.isEmpty, expected: "numbers arrive as they were written", actual: actual, evidence: evidence)
        case "double":
            return rig.check(asDoubles, expected: "numbers arrive as doubles", actual: actual, evidence: evidence)
        default:
            return CaseOutcome(
                asDoubles ? .info : .fail, expected: "at least equal as doubles", actual: actual, evidence: evidence)
        }
    }

    private static func structure(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let contents = [
            #"{"unknown":{"deep":[1,[2,{"x":null}]]},"b":true}"#,
            #"{"__proto__":{"polluted":1},"constructor":{"prototype":2}}"#,
            #"{"present":null}"#, #"{"z":1,"a":2,"m":3}"#, #"{"":"empty key"}"#,
        ]
        let fates = try await Self.fates(of: contents, rig)
        var outcome = Self.judge(
            contents, fates, rig, expected: "members stay what they were, the strange ones too", mayRefuse: false)
        let keys = rig.agents[0].inbox.compactMap(\.content).first { $0.names.sorted() == ["a", "m", "z"] }?.names
        outcome.actual += keys == ["z", "a", "m"] ? "; the order of members is kept" : "; the order of members changes"
        return outcome
    }

    private static func depth(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let room = rig.room()
        let witness = try await rig.member(of: room)
        let other = try await rig.member(of: room)
        let fates = try await Self.fates(of: [nested(32)], rig)
        let deep = try await rig.member(of: room)
        deep.push(json: #"{"type":"chatter","from":"x","tag":"$TAG","content":\#(nested(10_000))}"#)
        await rig.pause(seconds: 0.3)
        let after = other.push("1")
        let lives = await rig.wait(seconds: 3) { witness.inbox.contains { $0.key == after } }
        let isKept = if case .equal = fates[0] { true } else { false }
        return rig.check(
            isKept && lives, expected: "depth 32 arrives; depth 10,000 harms nobody else",
            actual:
                "depth 32 \(isKept ? "arrived" : "did not arrive"); after depth 10,000 the room \(lives ? "goes on" : "is silent")"
                + (deep.isOpen ? "" : ", its sender was thrown out"), evidence: rig.evidence)
    }

    private static func empty(_ rig: isolated CaseRig) async throws -> CaseOutcome {
        let contents = ["{}", #""""#, "[]", "null", "0", "false"]
        let fates = try await Self.fates(of: contents, rig, isEqual: ==)
        var outcome = Self.judge(
            contents, fates, rig, expected: "empty values arrive equal, or are refused", mayRefuse: true)
        if outcome.verdict == .fail { outcome.verdict = .nonStrict }
        return outcome
    }
}
