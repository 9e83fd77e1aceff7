import Backends
import Fleet
import Measure
import NIOCore
import Signaling
import Simulation
import Workload

/// One way to lie, and what must be said of it.
struct LyingCase: Sendable {
    /// What the server counted by itself, beside what the report says of it.
    struct Fact: Sendable {
        /// What was counted, behind the number.
        var what: String
        var truth: Int
        var metric: String
        var reported: Double?
    }

    var lie: String
    var run: @Sendable () -> LyingRun
    var facts: @Sendable (LyingRun.Outcome) -> [Fact]

    static func fact(
        _ what: String, _ truth: Int, _ metric: String, _ outcome: LyingRun.Outcome
    ) -> Fact {
        Fact(what: what, truth: truth, metric: metric, reported: outcome.metrics[metric])
    }

    /// What servers of every kind are held to: all that was taken was sent, and all that was written was received.
    static func traffic(_ outcome: LyingRun.Outcome) -> [Fact] {
        [
            Self.fact("messages taken", outcome.log.taken, "messages.sent", outcome),
            Self.fact("deliveries written", outcome.log.said, "deliveries.total", outcome),
        ]
    }

    /// What a server remembers from one text to the next.
    final class Memory {
        var count = 0
        var numbers: [Int: Int] = [:]
        var names: [String: Int] = [:]
        var texts: [Int: [[UInt8]]] = [:]
        var senders: [UInt32: Int] = [:]
        var rooms: [Int: [UInt8]] = [:]
        var deaf: Set<Int> = []

        /// Counts up to a number, again and again.
        func isEach(_ number: Int) -> Bool {
            self.count += 1
            return self.count % number == 0
        }
    }

    static func liar(_ lie: @escaping (LyingServer, Simulation) -> Void) -> LyingRun {
        var run = LyingRun()
        run.lie = lie
        return run
    }

    static func churn(_ run: inout LyingRun, stay: Int64, rejoin: Int64) {
        run.profile.churn = .init(stay: .milliseconds(stay), rejoin: .milliseconds(rejoin))
    }

    /// The room that a text names.
    static func room(of text: LyingServer.Text) -> String {
        guard let place = LyingServer.Text.place(of: #""room":""#, in: text.bytes) else { return "" }
        return String(decoding: text.bytes[place...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    // MARK: Messages

    static let messages: [LyingCase] = [
        LyingCase(
            lie: "drops each third answer",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in
                        guard text.isA(.answer), let tag = text.tag else { return .said }
                        let name = "\(tag.sender) \(tag.n)"
                        if memory.names[name] == nil { memory.names[name] = memory.names.count + 1 }
                        return (memory.names[name] ?? 0) % 3 == 0 ? .dropped : .said
                    }
                }
            },
            facts: { outcome in
                let dead =
                    (outcome.metrics["negotiation.expected"] ?? 0) - (outcome.metrics["negotiation.connectable"] ?? 0)
                return [
                    Self.fact("deliveries swallowed", outcome.log.dropped, "deliveries.lost", outcome),
                    Fact(
                        what: "answers that never came", truth: outcome.log.dropped / 2,
                        metric: "negotiation.expected − .connectable", reported: dead),
                ] + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "delivers each tenth message twice",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in text.tag != nil && memory.isEach(10) ? .saidTwice : .said }
                }
            },
            facts: { outcome in
                [Self.fact("deliveries doubled", outcome.log.doubled, "deliveries.duplicate", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "lets each tenth chatter message be overtaken by its sender's next",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in text.isA(.chatter) && memory.isEach(10) ? .overtaken : .said }
                }
            },
            facts: { outcome in
                [Self.fact("deliveries overtaken", outcome.log.swapped, "deliveries.reordered", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "leaks each twentieth chatter message to another room",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.hears = { text, connection in
                        if text.says(#""op":"join""#) { memory.names[Self.room(of: text)] = connection }
                        return true
                    }
                    server.fate = { text, _ in
                        guard text.isA(.chatter), memory.isEach(20) else { return .said }
                        let room = Self.room(of: text)
                        let other = memory.names.filter { $0.key != room }.min { $0.key < $1.key }
                        return other.map { .alsoTo($0.value) } ?? .said
                    }
                }
            },
            facts: { outcome in
                [Self.fact("deliveries leaked", outcome.log.leaked, "deliveries.stray", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "changes one byte of each tenth chatter message",
            run: {
                Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, _ in
                        guard text.isA(.chatter), memory.isEach(10),
                            let place = LyingServer.Text.place(of: #""pad":""#, in: text.bytes)
                        else { return .said }
                        var bytes = text.bytes
                        bytes[place] = bytes[place] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
                        return .changed(bytes)
                    }
                }
            },
            facts: { outcome in
                [Self.fact("deliveries altered", outcome.log.changed, "deliveries.corrupted", outcome)]
                    + Self.traffic(outcome)
            }),
        LyingCase(
            lie: "replays another run's history to whoever joins",
            run: {
                Self.liar { server, _ in
                    let old = (0..<20 as Range<UInt32>).map { number in
                        let tag = Tag(run: 0xDEAD_0001, room: 0, sender: 3, instance: 0, n: number, digest: 0)
                        var bytes: [UInt8] = []
                        tag.append(to: &bytes)
                        return String(decoding: bytes, as: UTF8.self)
                    }
                    server.fate = { text, connection in
                        guard text.says(#""op":"joined""#) else { return .said }
                        let room = Self.room(of: text)
                        server.invent(
                            old.map {
                                let data = #"{"type":"chatter","from":"0123456789abcdef","tag":"\#($0)","pad":"x"}"#
                                return Array(#"{"op":"message","room":"\#(room)","data":\#(data)}"#.utf8)
                            }, to: connection)
                        return .said
                    }
                }
            },
            facts: { outcome in
                [
                    Self.fact("old messages replayed", outcome.log.invented, "deliveries.foreign", outcome),
                    Self.fact("messages taken", outcome.log.taken, "messages.sent", outcome),
                    Self.fact(
                        "deliveries written", outcome.log.said - outcome.log.invented, "deliveries.total", outcome),
                ]
            }),
        LyingCase(
            lie: "delivers to a member that is back what it had delivered before it left",
            run: {
                var run = Self.liar { server, _ in
                    let memory = Memory()
                    server.fate = { text, connection in
                        if text.isA(.chatter) { memory.texts[connection, default: []].append(text.bytes) }
                        return .said
                    }
                    server.hears = { text, connection in
                        guard let tag = text.tag, memory.senders[tag.sender] != connection else { return true }
                        if let former = memory.senders[tag.sender], let texts = memory.texts[former] {
                            server.invent(Array(texts.suffix(3)), to: connection)
                        }
                        memory.senders[tag.sender] = connection
                        return true
                    }
                }
                Self.churn(&run, stay: 3_000, rejoin: 300)
                return run
            },
            facts: { outcome in
                // Those that were sent before it came back are nothing that a member may get.
                let again = ["deliveries.stray", "deliveries.duplicate"].compactMap { outcome.metrics[$0] }
                return [
                    Fact(
                        what: "old messages delivered again", truth: outcome.log.invented,
                        metric: "deliveries.stray + .duplicate", reported: again.reduce(0, +))
                ] + Self.traffic(outcome)
            }),
    ]
}
