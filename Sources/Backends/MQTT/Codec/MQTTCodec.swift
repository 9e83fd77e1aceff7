import NIOCore

/// Reads and writes whole control packets, for either end of a connection.
///
/// Sources: MQTT 3.1.1 (docs.oasis-open.org/mqtt/mqtt/v3.1.1) and 5.0 (docs.oasis-open.org/mqtt/mqtt/v5.0). Statement
/// numbers in comments and messages are those of 5.0 unless said otherwise.
struct MQTTCodec: Sendable {
    let version: MQTTVersion
    /// The end that reads with this codec.
    let receiver: MQTTRole
    /// The greatest packet that it takes, in bytes.
    var maxPacket: Int

    init(_ version: MQTTVersion, receiver: MQTTRole = .client, maxPacket: Int = MQTTFrame.maxPacket) {
        self.version = version
        self.receiver = receiver
        self.maxPacket = maxPacket
    }

    /// Takes one packet off the front of a buffer.
    ///
    /// - Returns: nil when more bytes are needed; then nothing was consumed.
    /// - Throws: ``MQTTError``; the connection has to be closed.
    func next(_ bytes: inout ByteBuffer) throws(MQTTError) -> MQTTPacket? {
        guard let frame = try MQTTFrame.find(in: bytes, limit: self.maxPacket, self.version) else { return nil }
        let packet = try self.packet(frame, in: bytes)
        bytes.moveReaderIndex(to: frame.body.upperBound)
        return packet
    }

    /// Reads the packet of a frame.
    ///
    /// - Throws: ``MQTTError``; the connection has to be closed.
    func packet(_ frame: MQTTFrame, in bytes: ByteBuffer) throws(MQTTError) -> MQTTPacket {
        guard frame.type.isFor(self.receiver, self.version) else {
            throw .forbidden("\(frame.type.name) from the wrong end (section 2.1.2)")
        }
        var reader = MQTTReader(bytes, frame.body)
        let packet: MQTTPacket
        switch frame.type {
        case .connect: packet = .connect(try self.connect(&reader, bytes))
        case .connack: packet = .connack(try self.connack(&reader, bytes))
        case .publish: return .publish(try self.publish(frame, bytes))
        case .puback: packet = .puback(try self.ack(.puback, .puback, &reader, bytes))
        case .pubrec: packet = .pubrec(try self.ack(.pubrec, .pubrec, &reader, bytes))
        case .pubrel: packet = .pubrel(try self.ack(.pubrel, .pubrel, &reader, bytes))
        case .pubcomp: packet = .pubcomp(try self.ack(.pubcomp, .pubcomp, &reader, bytes))
        case .subscribe: packet = .subscribe(try self.subscribe(&reader, bytes))
        case .suback: packet = .suback(try self.suback(.suback, .suback, &reader, bytes))
        case .unsubscribe: packet = .unsubscribe(try self.unsubscribe(&reader, bytes))
        case .unsuback: packet = .unsuback(try self.suback(.unsuback, .unsuback, &reader, bytes))
        case .pingreq: packet = .pingreq
        case .pingresp: packet = .pingresp
        case .disconnect: packet = .disconnect(try self.notice(.disconnect, .disconnect, &reader, bytes))
        case .auth: packet = .auth(try self.notice(.auth, .auth, &reader, bytes))
        }
        try reader.finish(frame.type)
        return packet
    }

    func properties(
        _ place: MQTTPropertyPlace, _ reader: inout MQTTReader, _ bytes: ByteBuffer
    ) throws(MQTTError) -> MQTTProperties {
        guard self.version == .v5 else { return .none }
        return try MQTTProperties(from: &reader, in: place, bytes)
    }

    /// Holds a reason to those that its packet may give.
    func check(_ reason: MQTTReason, in type: MQTTPacketType) throws(MQTTError) {
        guard reason.isAllowed(in: type, for: self.receiver, self.version) else {
            throw .forbidden("\(type.name) with the reason \(reason.code), which it may not give")
        }
    }
}

/// The type of a control packet (3.1.1 and 5.0 §2.1.2, table 2-1).
enum MQTTPacketType: UInt8, CaseIterable, Sendable {
    case connect = 1
    case connack
    case publish
    case puback
    case pubrec
    case pubrel
    case pubcomp
    case subscribe
    case suback
    case unsubscribe
    case unsuback
    case pingreq
    case pingresp
    case disconnect
    /// 5.0 only.
    case auth

    /// The four bits beside the type; nil for PUBLISH, whose bits carry meaning ([MQTT-2.1.3-1], 3.1.1 [MQTT-2.2.2-1]).
    @inline(__always)
    var flags: UInt8? {
        switch self {
        case .publish: nil
        case .pubrel, .subscribe, .unsubscribe: 2
        case .connect, .connack, .puback, .pubrec, .pubcomp, .suback, .unsuback, .pingreq, .pingresp, .disconnect,
            .auth:
            0
        }
    }

    /// Whether an end of this role may receive it.
    func isFor(_ receiver: MQTTRole, _ version: MQTTVersion) -> Bool {
        switch self {
        case .connect, .subscribe, .unsubscribe, .pingreq: receiver == .server
        case .connack, .suback, .unsuback, .pingresp: receiver == .client
        case .publish, .puback, .pubrec, .pubrel, .pubcomp: true
        case .disconnect: receiver == .server || version == .v5
        case .auth: version == .v5
        }
    }

    var name: String {
        switch self {
        case .connect: "CONNECT"
        case .connack: "CONNACK"
        case .publish: "PUBLISH"
        case .puback: "PUBACK"
        case .pubrec: "PUBREC"
        case .pubrel: "PUBREL"
        case .pubcomp: "PUBCOMP"
        case .subscribe: "SUBSCRIBE"
        case .suback: "SUBACK"
        case .unsubscribe: "UNSUBSCRIBE"
        case .unsuback: "UNSUBACK"
        case .pingreq: "PINGREQ"
        case .pingresp: "PINGRESP"
        case .disconnect: "DISCONNECT"
        case .auth: "AUTH"
        }
    }
}

/// How hard a message is held on to (3.1.1 and 5.0 §4.3).
enum MQTTQoS: UInt8, Comparable, Sendable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    static func < (a: MQTTQoS, b: MQTTQoS) -> Bool { a.rawValue < b.rawValue }
}

/// Which end of a connection this is; it decides which packets may come (3.1.1 and 5.0 §2.1.2, table 2-1).
enum MQTTRole: UInt8, Sendable {
    case client
    case server
}

/// Protocol version, by the number that stands in CONNECT (3.1.1 §3.1.2.2, 5.0 §3.1.2.2).
enum MQTTVersion: UInt8, Sendable {
    case v311 = 4
    case v5 = 5
}
