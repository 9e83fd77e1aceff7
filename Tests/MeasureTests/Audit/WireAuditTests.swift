import Signaling
import Testing

@testable import Measure

/// The second opinion, from packets made by hand.
struct WireAuditTests {
    private static let port: UInt16 = 4711
    private static let run: UInt32 = 0xBEEF_0001

    /// A chatter message or an offer of a sender.
    private static func message(_ n: UInt32, from sender: UInt32 = 1, kind: SignalKind = .chatter) -> [UInt8] {
        var out: [UInt8] = []
        let tag = Tag(run: Self.run, room: 2, sender: sender, instance: 0, n: n, digest: 7)
        SignalTemplate.append(
            kind: kind, from: PeerID("m\(sender)"), sendto: nil, tag: tag, body: Array(#","pad":"xx""#.utf8), to: &out)
        return out
    }

    /// A frame of RFC 6455, masked where a client sends it.
    private static func frame(_ payload: [UInt8], mask: [UInt8] = []) -> [UInt8] {
        let flag: UInt8 = mask.isEmpty ? 0 : 0x80
        let length: [UInt8] =
            payload.count < 126
            ? [flag | UInt8(payload.count)] : [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        let body = mask.isEmpty ? payload : payload.enumerated().map { $1 ^ mask[$0 & 3] }
        return [0x81] + length + mask + body
    }

    /// A packet of IPv4 on its way to or from the backend.
    private static func packet(
        _ payload: [UInt8], peer: UInt16, fromBackend: Bool, sequence: UInt32, isFirst: Bool = false
    ) -> [UInt8] {
        func two(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        let ports = fromBackend ? two(Self.port) + two(peer) : two(peer) + two(Self.port)
        let number = (0..<4).reversed().map { UInt8(truncatingIfNeeded: sequence >> ($0 * 8)) }
        let tcp = ports + number + [0, 0, 0, 0, 0x50, isFirst ? 2 : 16, 0, 0, 0, 0, 0, 0]
        let address: [UInt8] = [127, 0, 0, 1, 127, 0, 0, 1]
        let ip: [UInt8] = [0x45, 0] + two(UInt16(40 + payload.count)) + [0, 0, 0, 0, 64, 6, 0, 0] + address
        return ip + tcp + payload
    }

    private static func audit() -> WireAudit {
        WireAudit(run: Self.run, port: Self.port, steady: 0..<1_000_000)
    }

    private static let upgrade = Array("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".utf8)
    private static let upgraded = Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n".utf8)

    @Test func `messages and deliveries are counted and timed over WebSockets`() {
        var audit = Self.audit()
        func take(_ bytes: [UInt8], _ peer: UInt16, back: Bool, _ sequence: UInt32, at time: Int64) {
            audit.take(Self.packet(bytes, peer: peer, fromBackend: back, sequence: sequence)[...], at: time)
        }
        for peer: UInt16 in [1, 2, 3] {
            take(Self.upgrade, peer, back: false, 100, at: 0)
            take(Self.upgraded, peer, back: true, 500, at: 0)
        }
        let sent = Self.frame(Self.message(0), mask: [1, 2, 3, 4])
        take(sent, 1, back: false, 100 + UInt32(Self.upgrade.count), at: 1_000)
        let frame = Self.frame(Self.message(0))
        let start = 500 + UInt32(Self.upgraded.count)
        // An echo, a delivery, and one in two pieces of which the second comes first.
        take(frame, 1, back: true, start, at: 3_000)
        take(frame, 2, back: true, start, at: 5_000)
        take(Array(frame[40...]), 3, back: true, start + 40, at: 6_000)
        take(Array(frame[..<40]), 3, back: true, start, at: 9_000)
        // Sent again by TCP.
        take(frame, 2, back: true, start, at: 9_500)
        #expect(audit.report.messages == 1 && audit.report.deliveries == 3)
        #expect(audit.report.isWhole && audit.report.unknown == 0)
        #expect(audit.report.fanout.count == 2)
        #expect(audit.report.fanout.min.map { abs($0 - 4_000) < 40 } == true)
        #expect(audit.report.fanout.max.map { abs($0 - 8_000) < 40 } == true)
    }

    @Test func `what is no WebSocket is read as it stands, and only chatter of steady is timed`() {
        var audit = Self.audit()
        let bytes = Self.message(0) + Self.message(1, kind: .offer) + Self.message(2)
        audit.take(Self.packet([0x30] + bytes, peer: 1, fromBackend: false, sequence: 1)[...], at: 100)
        audit.take(
            Self.packet(Self.message(3), peer: 1, fromBackend: false, sequence: 2 + UInt32(bytes.count))[...],
            at: 2_000_000)
        for n: UInt32 in 0..<4 {
            let delivery = Self.message(n, kind: n == 1 ? .offer : .chatter)
            let sequence = 1 + n * UInt32(Self.message(0).count)
            // The offer's name is shorter.
            audit.take(
                Self.packet(delivery, peer: 2, fromBackend: true, sequence: sequence - (n > 1 ? 2 : 0))[...],
                at: 3_000_000)
        }
        #expect(audit.report.messages == 4 && audit.report.deliveries == 4)
        #expect(audit.report.fanout.count == 2 && audit.report.gaps == 0)
    }

    @Test func `another run's tags, another port's packets and a new connection of an old port`() {
        var audit = Self.audit()
        let tag = Tag(run: Self.run + 1, room: 0, sender: 0, instance: 0, n: 0, digest: 0)
        var other: [UInt8] = []
        tag.append(to: &other)
        audit.take(Self.packet(other, peer: 1, fromBackend: true, sequence: 9)[...], at: 1)
        audit.take([0x45] + [UInt8](repeating: 0, count: 60), at: 1)
        #expect(audit.report == AuditReport())
        for (sequence, n): (UInt32, UInt32) in [(1_000, 0), (9, 1)] {
            audit.take(Self.packet([], peer: 5, fromBackend: false, sequence: sequence, isFirst: true)[...], at: 2)
            audit.take(Self.packet(Self.message(n), peer: 5, fromBackend: false, sequence: sequence + 1)[...], at: 3)
        }
        #expect(audit.report.messages == 2)
    }

    @Test func `a hole that stays makes the counts absent`() {
        var audit = Self.audit()
        audit.take(Self.packet(Self.message(0), peer: 1, fromBackend: false, sequence: 1)[...], at: 1)
        for place: UInt32 in 0...300 {
            audit.take(Self.packet([1, 2], peer: 1, fromBackend: false, sequence: 10_000 + place * 2)[...], at: 2)
        }
        #expect(audit.report.gaps > 0)
        #expect(audit.report.metrics(beside: LatencyHistogram()).keys.sorted() == ["audit.dropped"])
    }
}

/// What is partly the instrument's, and said to be.
struct FloorReportTests {
    @Test func `what is below the floor, below three floors and above them`() {
        var samples = LoopSamples()
        for _ in 0..<3000 { samples.record(.fanout, 1_000_000) }
        var metrics = FloorReport(samples).metrics
        #expect(metrics.keys.sorted() == ["floor.fanout.latency.p50", "floor.fanout.latency.p99"])
        let path = [Probe.fanout.path]
        metrics["fanout.latency.p50"] = 0.5
        metrics["fanout.latency.p99"] = 2
        let remarks = FloorReport.remarks(path, in: metrics)
        #expect(remarks.count == 2)
        #expect(remarks.first?.contains("below the floor") == true)
        #expect(remarks.last?.contains("below three times the floor") == true)
        metrics["fanout.latency.p50"] = 3.1
        #expect(FloorReport.remarks(path, in: metrics).count == 1)
        // A quantile at the far end is no latency of anything.
        metrics["fanout.latency.p99.censored"] = 1
        #expect(FloorReport.remarks(path, in: metrics).isEmpty)
        #expect(FloorReport.remarks(path, in: ["fanout.latency.p50": 0.1]).isEmpty)
    }
}
