import NIOCore
import Signaling

/// A QoS 1 or 2 message on its way to the server, or waiting to go.
struct MQTTOutgoing: Sendable {
    /// What the server has to send next.
    enum Step: UInt8, Sendable {
        /// It is not on its way yet. Next: acknowledge, receive.
        case waiting
        /// PUBACK of QoS 1. Then it is done.
        case acknowledge
        /// PUBREC of QoS 2. Next: complete.
        case receive
        /// PUBCOMP of QoS 2. Then it is done.
        case complete
    }

    /// The sender's own number.
    var id: UInt64
    var qos: MQTTQoS
    /// The whole PUBLISH; empty once PUBREC has come ([MQTT-4.3.3-5]).
    var packet: ByteBuffer
    /// Where the packet identifier stands in it.
    var identifierIndex: Int
    /// 0 before it is given one.
    var packetID: UInt16 = 0
    var step = Step.waiting
    /// When it was sent last.
    var sentAt = Instant(nanoseconds: 0)
}
