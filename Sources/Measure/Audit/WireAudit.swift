import Signaling

/// Counts and times a run's messages from the packets alone: a second opinion that shares nothing with the driver but the
/// form of the tag.
package struct WireAudit {
    private struct Sent {
        var at: Int64
        var isChatter: Bool
        var peer: Int
    }

    /// A message, whatever its digest says.
    private struct Key: Hashable {
        let sender: UInt64
        let number: UInt32

        init(_ tag: Tag) {
            self.sender = UInt64(tag.room) << 32 | UInt64(tag.sender) << 11 | UInt64(tag.instance)
            self.number = tag.n
        }
    }

    /// One connection: its two streams, each with what is still missing of it.
    private struct Peer {
        var number: Int
        var streams: [Direction]
    }

    private struct Direction {
        var next: UInt32?
        var stream: WireStream
        var early: [UInt32: [UInt8]] = [:]
    }

    private let run: UInt32
    private let port: UInt16
    private let steady: Range<Int64>
    private var sent: [Key: Sent] = [:]
    private var peers: [[UInt8]: Peer] = [:]
    private var count = 0

    /// What was found so far.
    package private(set) var report = AuditReport()

    /// Segments that may wait for one that is missing before it is given up.
    private static let patience = 256

    /// - Parameters:
    ///   - run: whose tags are looked for.
    ///   - port: the backend's.
    ///   - steady: chatter that left in it is timed; nanoseconds of the clock of ``take(_:at:)``.
    package init(run: UInt32, port: UInt16, steady: Range<Int64>) {
        (self.run, self.port, self.steady) = (run, port, steady)
    }

    /// Takes one packet, in the order of capture.
    package mutating func take(_ packet: ArraySlice<UInt8>, at time: Int64) {
        guard let segment = CapturedSegment(packet, port: self.port) else { return }
        var peer = self.peers[segment.peer] ?? self.newPeer()
        if segment.isFirst {
            if !segment.isFromBackend { peer = self.newPeer() }
            peer.streams[segment.isFromBackend ? 1 : 0].next = segment.sequence &+ 1
        }
        guard !segment.payload.isEmpty || segment.isFirst else { return }
        // Out of the table while it changes, so that its buffers are not copied.
        self.peers[segment.peer] = nil
        self.advance(&peer.streams[segment.isFromBackend ? 1 : 0], segment, of: peer.number, at: time)
        self.peers[segment.peer] = peer
    }

    private mutating func newPeer() -> Peer {
        self.count += 1
        let fresh = Direction(stream: WireStream(run: self.run))
        return Peer(number: self.count, streams: [fresh, fresh])
    }

    /// Puts a segment into its place in the stream.
    private mutating func advance(
        _ direction: inout Direction, _ segment: CapturedSegment, of peer: Int, at time: Int64
    ) {
        let start = segment.isFirst ? segment.sequence &+ 1 : segment.sequence
        let ahead = Int32(bitPattern: start &- (direction.next ?? start))
        if ahead > 0, direction.early.count < Self.patience {
            direction.early[start] = Array(segment.payload)
            return
        }
        if ahead > 0 { self.report.gaps += 1 }
        self.deliver(&direction, segment.payload.dropFirst(ahead < 0 ? Int(-ahead) : 0), segment, peer, time)
        if ahead >= 0 { direction.next = start &+ UInt32(segment.payload.count) }
        if ahead < 0, Int(-ahead) < segment.payload.count { direction.next = start &+ UInt32(segment.payload.count) }
        while let next = direction.next, let early = direction.early.removeValue(forKey: next) {
            self.deliver(&direction, early[...], segment, peer, time)
            direction.next = next &+ UInt32(early.count)
        }
    }

    private mutating func deliver(
        _ direction: inout Direction, _ bytes: ArraySlice<UInt8>, _ segment: CapturedSegment, _ peer: Int,
        _ time: Int64
    ) {
        var found: [(Tag, Bool)] = []
        direction.stream.take(bytes) { found.append(($0, $1)) }
        for (tag, isChatter) in found {
            if segment.isFromBackend {
                self.delivered(tag, to: peer, at: time)
            } else {
                let key = Key(tag)
                guard self.sent[key] == nil else { continue }
                self.sent[key] = Sent(at: time, isChatter: isChatter, peer: peer)
                self.report.messages += 1
            }
        }
    }

    private mutating func delivered(_ tag: Tag, to peer: Int, at time: Int64) {
        self.report.deliveries += 1
        guard let message = self.sent[Key(tag)] else {
            self.report.unknown += 1
            return
        }
        guard message.isChatter, message.peer != peer, self.steady.contains(message.at) else { return }
        self.report.fanout.record(nanoseconds: time - message.at)
    }
}

/// What the packets said of a run.
package struct AuditReport: Sendable, Equatable {
    /// Different messages that left.
    package var messages = 0
    /// Messages that the backend put on the wire, once for each receiver.
    package var deliveries = 0
    /// Of these, those whose sending was not seen.
    package var unknown = 0
    /// Places where packets are missing.
    package var gaps = 0
    /// Packets that the kernel had no room for: counts are too low when there are any.
    package var dropped = 0
    /// From the packet of each chatter message of steady to that of each delivery at another connection.
    package var fanout = LatencyHistogram()

    package init() {}

    /// Whether every packet was seen.
    package var isWhole: Bool { self.gaps == 0 && self.dropped == 0 }

    /// The paths of ``metrics(beside:)``.
    static let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]

    /// The figures of the report; of a capture with holes, only that it has them.
    ///
    /// - Parameter reported: the distribution of the driver that measures the same, `fanout.uncorrected`.
    /// - Returns: by path.
    package func metrics(beside reported: LatencyHistogram) -> [String: Double] {
        var all = ["audit.dropped": Double(self.dropped + self.gaps)]
        guard self.isWhole else { return all }
        all["audit.messages"] = Double(self.messages)
        all["audit.deliveries"] = Double(self.deliveries)
        if self.fanout.count > 0 { all["audit.fanout.samples"] = Double(self.fanout.count) }
        for (name, level) in Self.quantiles {
            guard let wire = self.fanout.quantile(level)?.milliseconds else { continue }
            all["audit.fanout.\(name)"] = wire
            if let ours = reported.quantile(level)?.milliseconds { all["audit.error.\(name)"] = ours - wire }
        }
        return all
    }
}
