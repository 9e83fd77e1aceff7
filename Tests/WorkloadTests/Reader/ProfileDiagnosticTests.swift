import Testing

@testable import Workload

@Suite struct ProfileDiagnosticTests {
    static let checks = {
        var checks = ProfileReader.Checks()
        checks.backendIDs = ["relay", "relay-routed", "mqtt", "mqtt5", "socketio", "baas"]
        checks.backendKeys = { id in
            switch id {
            case "relay", "relay-routed": ["echo", "path"]
            case "mqtt", "mqtt5": ["qos", "layout", "app", "user", "password"]
            case "socketio": ["path", "transport", "events.join", "events.message"]
            default: nil
            }
        }
        checks.backendValue = { _, key, value in
            key == "qos" && !["0", "1", "2"].contains(value) ? "is no quality of service (0, 1, 2)" : nil
        }
        checks.gate = { $0.contains(" ") ? nil : "'\($0)' is no condition such as deliveries.lost == 0" }
        checks.conformanceCase = { $0 == "ORD-01" ? nil : "'\($0)' is no case (did you mean ORD-01?)" }
        return checks
    }()

    /// One mistake each: the text, its place, the message, the suggestion.
    static let mistakes: [(String, String)] = [
        ("agnets: 5", "1:1: error: there is no key 'agnets' at the top of a profile (did you mean agents?)"),
        (
            "strategy: seed",
            "1:1: error: there is no key 'strategy' at the top of a profile (did you mean signaling.strategy?)"
        ),
        ("rooms:\n  sise: 4", "2:3: error: there is no key 'sise' in rooms (did you mean size?)"),
        ("agents: many", "1:9: error: agents: 'many' is not a whole number"),
        ("agents: 0", "1:9: error: agents: '0' is not between 1 and 1000000"),
        ("agents: 2.5", "1:9: error: agents: '2.5' is not a whole number (did you mean 3?)"),
        ("agents: [1]", "1:9: error: agents is a whole number, not a list"),
        ("agents:", "1:8: error: agents has no value"),
        ("rooms: 4", "1:8: error: rooms is a section, such as {size: …}, not '4'"),
        ("rooms: {size: 5000}", "1:15: error: rooms.size: '5000' is not between 1 and 4096"),
        ("rooms: {size: 4, count: 5}", "1:18: error: rooms.count contradicts rooms.size: give one"),
        ("agents: 3\nrooms: {count: 5}", "2:16: error: rooms.count: 5 rooms for 3 agents leave some empty"),
        (
            "agents: 9000\nrooms: {count: 2}",
            "2:16: error: rooms.count: 2 rooms for 9000 agents have 4500 members, and may have 4096"
        ),
        ("rooms: {sizes: {2: 60%, 4: 30%}}", "1:16: error: rooms.sizes: the shares add up to 90%, not 100%"),
        ("rooms: {sizes: {two: 100%}}", "1:17: error: a size of rooms.sizes: 'two' is not a whole number"),
        ("rooms: {sizes: {2: lots}}", "1:20: error: rooms.sizes.2: 'lots' is not a share such as 10%"),
        (
            "rooms: {fill: interleave}",
            "1:15: error: rooms.fill: 'interleave' is neither interleaved nor sequential (did you mean interleaved?)"
        ),
        ("arrival: {rate: 0}", "1:17: error: arrival.rate must be above 0"),
        ("arrival: {rate: 50}", "1:17: error: arrival.rate: '50' has no unit (/s, /m, /h) (did you mean 50/s?)"),
        (
            "arrival: {pattern: uniform}",
            "1:20: error: arrival.pattern: 'uniform' is none of constant, poisson, ramp, burst"
        ),
        (
            "calls: {when: join, callers: 3}",
            "1:21: error: calls.callers contradicts calls.when: join, where each member calls as it arrives (did you mean when: present?)"
        ),
        (
            "calls: {gap: 1s}",
            "1:9: error: calls.gap contradicts calls.when: join, where each member calls as it arrives (did you mean when: present?)"
        ),
        ("calls: {when: present, gap: 1s, spread: 0ms}", "1:33: error: calls.spread contradicts calls.gap: give one"),
        (
            "calls: {when: present, callers: some}",
            "1:33: error: calls.callers: 'some' is not a whole number, and not all"
        ),
        (
            "signaling: {timeout: 10}",
            "1:22: error: signaling.timeout: '10' has no unit (ns, us, ms, s, m, h) (did you mean 10s?)"
        ),
        ("signaling: {timeout: 0s}", "1:22: error: signaling.timeout must be longer than 0s"),
        (
            "signaling: {ghostTimeout: never}",
            "1:27: error: signaling.ghostTimeout: 'never' is not a duration such as 20s"
        ),
        ("signaling: {candidates: 300}", "1:25: error: signaling.candidates: '300' is not between 0 and 256"),
        (
            "signaling: {candidates: {offerer: -1}}",
            "1:35: error: signaling.candidates.offerer: '-1' is not between 0 and 256"
        ),
        (
            "signaling: {payload: chromum}",
            "1:22: error: signaling.payload: 'chromum' is neither chromium nor sizes such as {offer: 5400} (did you mean chromium?)"
        ),
        (
            "signaling: {payload: {candidate: 20}}",
            "1:34: error: signaling.payload.candidate: '20' is not between 90 and 1048576"
        ),
        ("chatter: {rate: 1/s, bytes: -1}", "1:29: error: chatter.bytes: '-1' is not between 0 and 1048576"),
        ("churn: {stay: 0s}", "1:15: error: churn.stay must be longer than 0s"),
        ("churn: {rejoin: 2s}", "1:8: error: churn has no stay, such as {stay: 10s}"),
        (
            "churn: {stay: 1ms, rejoin: 1ms}",
            "1:8: error: churn: an agent would have about 11500 sessions, and may have 1000"
        ),
        ("expect: [ORD-1]", "1:10: error: expect: 'ORD-1' is no case (did you mean ORD-01?)"),
        ("expect: ORD-01", "1:9: error: expect is a list of cases, not 'ORD-01'"),
        ("verdict: pass", "1:10: error: verdict: 'pass' is none of contract, gates, none"),
        ("calls: {when: present, gap: 1000h}", "1:29: error: calls.gap is longer than 24h"),
        ("chatter: off", "1:10: error: chatter is a section, such as {rate: …}, not 'off'"),
        ("churn: [1]", "1:8: error: churn is a section, such as {stay: …}, not a list"),
        ("leave: quietly", "1:8: error: leave: 'quietly' is neither bye nor vanish"),
        ("validity: {cpu: 120%}", "1:17: error: validity.cpu is a share of one core, at most 100%"),
        ("gates: deliveries.lost == 0", "1:8: error: gates is a list of conditions, not 'deliveries.lost == 0'"),
        (
            "gates:\n  - deliveries.lost",
            "2:5: error: gates: 'deliveries.lost' is no condition such as deliveries.lost == 0"
        ),
        ("seed: -1", "1:7: error: seed: '-1' is below 0"),
        (
            "backend: {id: rely}",
            "1:15: error: there is no backend 'rely' (there are relay, relay-routed, mqtt, mqtt5, socketio, baas) (did you mean relay?)"
        ),
        ("backend: {id: mqtt5, qso: 1}", "1:22: error: backend 'mqtt5' has no key 'qso' (did you mean qos?)"),
        ("backend: {id: mqtt5, qos: 7}", "1:27: error: backend.qos: '7' is no quality of service (0, 1, 2)"),
        ("backend: {qos: 1}", "1:11: error: backend 'relay' has no key 'qos'"),
        (
            "backend: {id: socketio, events: {jion: x}}",
            "1:34: error: backend 'socketio' has no key 'events.jion' (did you mean events.join?)"
        ),
        ("backend: {launch: mosquitto -v}", "1:19: error: backend.launch is a list of words, not 'mosquitto -v'"),
        ("backend: {launch: []}", "1:19: error: backend.launch has no command"),
        ("backend: {tls: {verify: maybe}}", "1:25: error: backend.tls.verify: 'maybe' is neither full nor none"),
        (
            "backend: {reconnect: backof}",
            "1:22: error: backend.reconnect: 'backof' is none of none, backoff, socket.io, paho, mqtt.js, peerjs, "
                + "eventsource (did you mean backoff?)"
        ),
        ("name: a/b", "1:7: error: name is one line of 1 to 100 bytes without a slash: it names a folder"),
        ("agents: 5\nagents: 6", "2:1: error: 'agents' stands twice in one section, first in line 1"),
        ("rooms: {size: 2, \"size\": 3}", "1:18: error: 'size' stands twice in one section, first in line 1"),
        ("generator: {loops: 0}", "1:20: error: generator.loops: '0' is not between 1 and 1000000"),
        ("- agents", "1:1: error: a profile is a section, such as {name: …}, not a list"),
        ("? [a]\n: b", "1:3: error: a key must be a word"),
    ]

    @Test(arguments: Self.mistakes)
    func `a mistake is named with its place`(text: String, expected: String) {
        let error = #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: text, file: "p.yaml", checks: Self.checks)
        }
        #expect(error?.description == "p.yaml:" + expected)
    }

    @Test func `five mistakes are five diagnostics`() {
        let text = """
            agents: 0
            rooms: {szie: 4}
            arrival:
              rate: 50 per fortnight
            calls: {when: join, callers: 5}
            gates:
              - negotiation.completion >= 99.9%
              - nonsense
            """
        let error = #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: text, file: "five.yaml", checks: Self.checks)
        }
        #expect(
            error?.description == """
                five.yaml:1:9: error: agents: '0' is not between 1 and 1000000
                five.yaml:2:9: error: there is no key 'szie' in rooms (did you mean size?)
                five.yaml:4:9: error: arrival.rate: '50 per fortnight' has no known unit (/s, /m, /h)
                five.yaml:5:21: error: calls.callers contradicts calls.when: join, where each member calls as it \
                arrives (did you mean when: present?)
                five.yaml:8:5: error: gates: 'nonsense' is no condition such as deliveries.lost == 0
                """)
    }

    @Test func `keys that stand twice hide no other mistake`() {
        let text = """
            rooms:
              size: 2
              fill: interleaved
              size: 3
              fill: sequential
            leave: bye
            leave: never
            agents: -3
            """
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        #expect(
            error?.description == """
                p.yaml:4:3: error: 'size' stands twice in one section, first in line 2
                p.yaml:5:3: error: 'fill' stands twice in one section, first in line 3
                p.yaml:7:1: error: 'leave' stands twice in one section, first in line 6
                p.yaml:8:9: error: agents: '-3' is not between 1 and 1000000
                """)
    }

    @Test(arguments: [
        ("rooms: {size: 4", 2), ("a: b: c", 1), ("\tagents: 1", 1), ("agents: *nobody", 1), ("a: 'open", 1),
        ("x: 1\n---\ny: 2", 2), ("agents: \u{1}", 1),
    ])
    func `what is no YAML is named with its line`(text: String, line: Int) throws {
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        let diagnostic = try #require(error?.diagnostics.first)
        #expect(diagnostic.line == line, "\(diagnostic)")
        #expect(diagnostic.message.hasPrefix("this is no"))
    }

    @Test func `aliases cannot multiply without bound`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        #expect(error?.diagnostics.contains { $0.message == "aliases multiply too far" } == true)
    }

    @Test func `an SDP that cannot hold its candidates is refused`() throws {
        let text = "signaling: {ice: vanilla, candidates: 20, payload: {offer: 2000, answer: 2000, candidate: 200}}"
        let error = #expect(throws: ProfileError.self) { try ProfileReader.read(text: text, file: "p.yaml") }
        #expect(error?.diagnostics.count == 2)
        #expect(error?.diagnostics.first?.column == 60)
    }
}
