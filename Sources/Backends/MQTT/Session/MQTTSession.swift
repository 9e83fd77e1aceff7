import NIOCore
import Signaling

/// A client's session with an MQTT server, as a value: bytes and wishes in, events and bytes out.
///
/// It outlives connections: what is unacknowledged and what was received at QoS 2 is its state ([MQTT-4.1.0-1]), kept
/// when the server says that it has kept its own, else discarded ([MQTT-3.2.2-5]).
struct MQTTSession: Sendable {
    enum State: Equatable, Sendable {
        /// No carrier. Next: connecting.
        case closed
        /// CONNECT is out and CONNACK owed until then ([MQTT-3.2.0-1]). Next: connected, refused, closed.
        case connecting(deadline: Instant)
        /// Next: leaving, refused, closed.
        case connected
        /// The server said no more ([MQTT-3.2.2-7], [MQTT-4.13.2-1]). Next: closed.
        case refused
        /// DISCONNECT is out; the server closes, else we do then ([MQTT-3.14.4-1]). Next: closed.
        case leaving(deadline: Instant)
    }

    /// A SUBSCRIBE or UNSUBSCRIBE that waits for its answer.
    struct Asked: Sendable {
        var packetID: UInt16
        var filters: Int
        var isSubscribe: Bool
        var deadline: Instant
    }

    let options: MQTTSessionOptions
    let codec: MQTTCodec
    var state = State.closed
    /// The client identifier in force; empty until a server has assigned one.
    var clientID: [UInt8]
    /// Whether a server may have state of ours.
    var hasState = false
    /// The flag that the last CONNECT bore.
    var sentCleanStart = true

    // What the server allows, by its CONNACK.
    var window: Int
    var maxQoS = MQTTQoS.exactlyOnce
    var isRetainAvailable = true
    var areWildcardsAvailable = true
    var maxSentPacket = MQTTFrame.maxPacket
    /// The length of a packet that was not sent because the server takes none so great; taken by whoever tells of it.
    var tooLarge: Int?
    /// Nanoseconds; 0 for none.
    var keepAlive: Int64 = 0

    var lastSent = Instant(nanoseconds: 0)
    /// When PINGRESP is overdue; nil when none is owed.
    var pingDeadline: Instant?
    var asked: [Asked] = []
    /// The answer to the last SUBSCRIBE, a reason for each filter.
    var granted: [MQTTReason] = []
    /// The server's own words about the last refusal or end.
    var reasonText = ""

    /// On their way, in the order sent.
    var inFlight = MQTTWindow()
    /// Waiting for room in the window.
    var queue = CircularBuffer<MQTTOutgoing>()
    /// Packet identifiers that messages bear which wait to be sent again.
    var parked: Set<UInt16> = []
    var heldBytes = 0
    var lastPacketID: UInt16 = 0
    /// Identifiers of QoS 2 messages that were handed on and not released yet ([MQTT-4.3.3-10]).
    var received: Set<UInt16> = []
    /// Topics by alias, of this connection only ([MQTT-3.3.2-7]).
    var aliases: [UInt16: [UInt8]] = [:]
    /// Topics that messages usually come by; compared first.
    var first: [UInt8] = []
    var second: [UInt8] = []

    init(_ options: MQTTSessionOptions) {
        self.options = options
        self.codec = MQTTCodec(options.version, receiver: .client, maxPacket: options.maxPacket)
        self.clientID = options.clientID
        self.window = options.window
    }

    var isConnected: Bool { self.state == .connected }

    /// The carrier is open: says CONNECT, which comes first ([MQTT-3.1.0-1]).
    mutating func opened(now: Instant, into out: inout Outbox) {
        self.state = .connecting(deadline: now + self.options.patience)
        self.pingDeadline = nil
        self.asked = []
        self.aliases = [:]
        var connect = MQTTConnect()
        connect.clientID = self.clientID
        switch self.options.version {
        case .v311: connect.cleanStart = self.options.cleanStart ?? (self.options.sessionExpiry == 0)
        case .v5: connect.cleanStart = self.hasState ? self.options.sessionExpiry == 0 : self.options.cleanStart ?? true
        }
        self.sentCleanStart = connect.cleanStart
        connect.keepAlive = self.options.keepAlive
        connect.will = self.options.will
        connect.userName = self.options.userName
        connect.password = self.options.password
        if self.options.sessionExpiry > 0 {
            connect.properties.append(.sessionExpiryInterval, self.options.sessionExpiry)
        }
        if self.options.receiveMaximum < .max {
            connect.properties.append(.receiveMaximum, UInt32(self.options.receiveMaximum))
        }
        connect.properties.append(.maximumPacketSize, UInt32(self.options.maxPacket))
        if self.options.topicAliasMaximum > 0 {
            connect.properties.append(.topicAliasMaximum, UInt32(self.options.topicAliasMaximum))
        }
        for property in self.options.userProperties {
            connect.properties.append(.userProperty, property.name, property.value)
        }
        self.write(.connect(connect), now: now, into: &out)
    }

    /// The carrier is closed.
    ///
    /// - Returns: whether the next connection may find the session as it was.
    mutating func closed() -> Bool {
        self.state = .closed
        self.pingDeadline = nil
        self.asked = []
        return self.hasState && self.options.sessionExpiry > 0
    }

    /// Says goodbye with the reason 0x00, so that no will is published ([MQTT-3.14.4-3]).
    ///
    /// The server then closes the connection; were we to close it at once with unread messages, the reset could overtake
    /// the DISCONNECT.
    mutating func disconnect(now: Instant, into out: inout Outbox) {
        guard case .connected = self.state else { return }
        self.write(.disconnect(MQTTNotice()), now: now, into: &out)
        self.state = .leaving(deadline: now + Self.lingering)
    }

    /// Tells a 5.0 server what it did wrong, before the connection is closed (5.0 §4.13.1).
    mutating func abort(_ reason: MQTTReason, now: Instant, into out: inout Outbox) {
        guard case .connected = self.state, self.options.version == .v5 else { return }
        // A client may say only some of the reasons.
        let said = reason.isAllowed(in: .disconnect, for: .server, .v5) ? reason : .protocolError
        self.write(.disconnect(MQTTNotice(reason: said)), now: now, into: &out)
        self.state = .refused
    }

    /// Nanoseconds between our DISCONNECT and our closing of a connection that the server leaves open.
    private static let lingering: Int64 = 500_000_000

    mutating func write(_ packet: MQTTPacket, now: Instant, into out: inout Outbox) {
        let bytes = self.codec.encode(packet)
        self.lastSent = now
        out.bytes(bytes.readableBytes) { _ = $0.writeImmutableBuffer(bytes) }
    }
}

/// What a client asks of its session.
struct MQTTSessionOptions: Sendable {
    var version: MQTTVersion
    /// UTF-8; empty asks a 5.0 server to assign one ([MQTT-3.1.3-6]).
    var clientID: [UInt8]
    /// Whether the first connection discards what the server may still have; nil for a clean start, in 3.1.1 unless the
    /// session is to be kept.
    var cleanStart: Bool?
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

/// What a session learnt from one packet, or did of its own accord.
///
/// Every payload is a plain value, so that passing events on costs nothing on the receive path; what needs more room
/// stands in the session.
enum MQTTEvent: Equatable, Sendable {
    /// The server accepted the connection; with or without the session's earlier state.
    case connected(isResumed: Bool)
    /// A message, its topic and payload still in the buffer.
    case message(MQTTDelivery)
    /// The SUBSCRIBE of that identifier was answered; ``MQTTSession/granted`` tells how.
    case subscribed(UInt16)
    case unsubscribed
    /// A message that had to wait is on the wire now.
    case sent(UInt64)
    /// The server has taken a message: PUBACK or PUBCOMP.
    case acked(UInt64)
    /// The server will not have a message.
    case refused(UInt64, MQTTReason)
    /// Something that asks for nothing.
    case control
    /// The server refused the connection or ended it; ``MQTTSession/reasonText`` has its words.
    case closed(MQTTReason)
}

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

/// The payload of a message to be published, in up to three pieces.
struct MQTTPayload {
    var head: [UInt8] = []
    var body: ByteBuffer
    var tail: [UInt8] = []

    var count: Int { self.head.count + self.body.readableBytes + self.tail.count }

    func write(into out: inout ByteBuffer) {
        if !self.head.isEmpty { out.writeBytes(self.head) }
        out.writeImmutableBuffer(self.body)
        if !self.tail.isEmpty { out.writeBytes(self.tail) }
    }
}
