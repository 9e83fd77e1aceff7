import NIOCore
import Workload

/// One direction of one connection through the proxy: what is held back, and until when.
///
/// A value without a clock of its own: bytes and times go in, bytes that are due come out, in their order.
struct FaultFlow {
    /// What holds for bytes at a time.
    struct Law: Equatable {
        /// Nanoseconds that each byte takes longer.
        var delay: Int64 = 0
        /// Bytes a second; 0 for no bound.
        var bytesPerSecond = 0
        /// Bytes of a piece; 0 for as they come.
        var piece = 0
        /// Nanoseconds of which each passes as one piece what came in it; 0 for as it comes.
        var glue: Int64 = 0
        var isStalled = false
    }

    private struct Item {
        var bytes: ByteBuffer
        var due: Int64
    }

    private(set) var law = Law()
    private var queue = CircularBuffer<Item>()
    /// When the line is free again under a throttle.
    private var free: Int64 = 0
    /// Bytes that are held back.
    private(set) var held = 0
    /// Bytes that passed.
    private(set) var passed = 0

    /// Bytes held back from which on no more are read from their sender.
    static let bound = 1 << 20

    var isFull: Bool { self.held >= Self.bound }
    var isEmpty: Bool { self.queue.isEmpty }

    mutating func set(_ law: Law) { self.law = law }

    /// Takes bytes as they come in.
    mutating func push(_ bytes: ByteBuffer, at now: Int64) {
        var rest = bytes
        self.held += rest.readableBytes
        while rest.readableBytes > 0 {
            let size = self.law.piece > 0 ? min(self.law.piece, rest.readableBytes) : rest.readableBytes
            guard let part = rest.readSlice(length: size) else { return }
            // What came before is never overtaken.
            var due = max(now + self.law.delay, self.queue.last?.due ?? 0)
            if self.law.glue > 0 { due = (due + self.law.glue - 1) / self.law.glue * self.law.glue }
            self.queue.append(Item(bytes: part, due: due))
        }
    }

    /// The next bytes that are due; nil when there are none, or when they are held back.
    mutating func pop(at now: Int64) -> ByteBuffer? {
        guard !self.law.isStalled, var item = self.queue.first, item.due <= now else { return nil }
        if self.law.bytesPerSecond > 0, self.free > now { return nil }
        self.queue.removeFirst()
        while self.law.glue > 0, var next = self.queue.first, next.due <= now {
            item.bytes.writeBuffer(&next.bytes)
            self.queue.removeFirst()
        }
        if self.law.bytesPerSecond > 0 {
            let time = Int64(Double(item.bytes.readableBytes) / Double(self.law.bytesPerSecond) * 1e9)
            self.free = now + time
        }
        self.held -= item.bytes.readableBytes
        self.passed += item.bytes.readableBytes
        return item.bytes
    }

    /// When something may be due; nil while nothing is.
    var next: Int64? {
        guard !self.law.isStalled, let item = self.queue.first else { return nil }
        return self.law.bytesPerSecond > 0 ? max(item.due, self.free) : item.due
    }
}

/// Which faults hold at a time, and for whom.
struct FaultSchedule: Sendable {
    let faults: [Profile.Fault]
    let seed: UInt64

    /// Whether a fault happens to a connection; the same connections for the whole fault.
    func strikes(_ fault: Int, connection: Int) -> Bool {
        self.faults[fault].strikes(connection, number: fault, seed: self.seed)
    }

    /// What holds for the bytes of a connection at a time since T0, in nanoseconds.
    func law(of connection: Int, at time: Int64) -> FaultFlow.Law {
        var law = FaultFlow.Law()
        for (number, fault) in self.faults.enumerated() where !fault.kind.isMoment {
            guard time >= fault.at.nanoseconds, time < fault.at.nanoseconds + fault.span.nanoseconds,
                self.strikes(number, connection: connection)
            else { continue }
            switch fault.kind {
            case .delay: law.delay += fault.by.nanoseconds
            case .throttle:
                law.bytesPerSecond = law.bytesPerSecond == 0 ? fault.bytes : min(law.bytesPerSecond, fault.bytes)
            case .split: law.piece = law.piece == 0 ? fault.bytes : min(law.piece, fault.bytes)
            case .glue: law.glue = max(law.glue, fault.by.nanoseconds)
            case .stall: law.isStalled = true
            case .refuse, .cut, .reset, .kill, .stop, .restart, .cpu, .vanish, .reconnectAll, .slowReader: break
            }
        }
        return law
    }

    /// Whether a new connection is refused at a time.
    func refuses(_ connection: Int, at time: Int64) -> Bool {
        self.faults.enumerated().contains { number, fault in
            fault.kind == .refuse && time >= fault.at.nanoseconds
                && time < fault.at.nanoseconds + fault.span.nanoseconds
                && self.strikes(number, connection: connection)
        }
    }

    /// Every time at which something changes, in nanoseconds since T0, ascending.
    var changes: [Int64] {
        Set(self.faults.flatMap { [$0.at.nanoseconds, $0.at.nanoseconds + $0.span.nanoseconds] }).sorted()
    }
}
