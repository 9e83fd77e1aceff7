/// Receipts and sends of one group of message kinds, in messages and bytes.
///
/// Bytes are those of the signal's JSON, tag included, backend envelope and framing excluded.
package struct TrafficCounters: Sendable, Equatable, Codable {
    package var sent: UInt64 = 0
    package var sentBytes: UInt64 = 0
    package var useful: UInt64 = 0
    package var overheard: UInt64 = 0
    package var echo: UInt64 = 0
    package var duplicate: UInt64 = 0
    package var misrouted: UInt64 = 0
    package var usefulBytes: UInt64 = 0
    package var overheardBytes: UInt64 = 0
    package var echoBytes: UInt64 = 0
    package var wasteBytes: UInt64 = 0

    package init() {}

    /// Receipts of every class but foreign.
    package var deliveries: UInt64 { self.useful + self.overheard + self.echo + self.duplicate + self.misrouted }

    /// Their bytes.
    package var deliveredBytes: UInt64 {
        self.usefulBytes + self.overheardBytes + self.echoBytes + self.wasteBytes
    }

    /// Counts one receipt; foreign ones are not counted here.
    package mutating func count(_ receipt: ReceiptClass, bytes: Int) {
        let bytes = UInt64(bytes)
        switch receipt {
        case .foreign: break
        case .useful:
            self.useful += 1
            self.usefulBytes += bytes
        case .overheard:
            self.overheard += 1
            self.overheardBytes += bytes
        case .echo:
            self.echo += 1
            self.echoBytes += bytes
        case .duplicate:
            self.duplicate += 1
            self.wasteBytes += bytes
        case .misrouted:
            self.misrouted += 1
            self.wasteBytes += bytes
        }
    }

    package mutating func add(_ other: TrafficCounters) {
        self.sent += other.sent
        self.sentBytes += other.sentBytes
        self.useful += other.useful
        self.overheard += other.overheard
        self.echo += other.echo
        self.duplicate += other.duplicate
        self.misrouted += other.misrouted
        self.usefulBytes += other.usefulBytes
        self.overheardBytes += other.overheardBytes
        self.echoBytes += other.echoBytes
        self.wasteBytes += other.wasteBytes
    }
}
