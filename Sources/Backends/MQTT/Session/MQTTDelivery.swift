/// One message as it lies in the receive buffer.
struct MQTTDelivery: Equatable, Sendable {
    /// Which of the topics that the session was told to expect it came by.
    enum Match: UInt8, Sendable {
        case first
        case second
        case neither
    }

    var match: Match
    /// Indices of the topic name; empty when an alias stands for it.
    var topic: Range<Int>
    /// 0 for none.
    var alias: UInt16
    var payload: Range<Int>
    var isRetained: Bool
}
