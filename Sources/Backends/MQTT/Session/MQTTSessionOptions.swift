/// What a client asks of its session.
struct MQTTSessionOptions: Sendable {
    var version: MQTTVersion
    /// UTF-8; empty asks a 5.0 server to assign one ([MQTT-3.1.3-6]).
    var clientID: [UInt8]
    /// Whether the first connection discards what the server may still have (5.0 only).
    var cleanStart = true
    /// Seconds that the server keeps the session after the connection; 0 ends both together.
    ///
    /// 3.1.1 knows only Clean Session: any other value than 0 clears it, and the server decides how long it keeps.
    var sessionExpiry: UInt32 = 0
    /// Seconds; 0 for none.
    var keepAlive: UInt16 = 60
    var will: MQTTWill?
    var userName: [UInt8]?
    var password: [UInt8]?
    /// User properties of CONNECT (5.0 only).
    var userProperties: [(name: [UInt8], value: [UInt8])] = []
    /// QoS 1 and 2 messages that the server may have on their way to us (5.0 only).
    var receiveMaximum: UInt16 = .max
    /// The greatest packet taken, in bytes; announced in 5.0.
    var maxPacket = 16 << 20
    /// The greatest topic alias that the server may use (5.0 only).
    var topicAliasMaximum: UInt16 = 0
    /// QoS 1 and 2 messages that we have on their way to the server, at most; its receive maximum may allow fewer.
    var window = Int(UInt16.max)
    /// Messages that wait for room in the window, at most.
    var maxQueued = 1_000
    /// Bytes held for messages in the window and waiting for it, at most.
    var maxHeldBytes = 4 << 20
    /// Nanoseconds that the server may take for CONNACK, SUBACK, UNSUBACK and PINGRESP.
    var patience: Int64 = 10_000_000_000
    /// Nanoseconds that the server may take to acknowledge a message; nil for any time.
    var ackPatience: Int64?
}
