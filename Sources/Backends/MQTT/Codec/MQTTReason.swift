/// A reason code (5.0 §2.4, table 2-6).
///
/// The return codes of a 3.1.1 CONNACK are kept as the 5.0 reasons that mean the same.
struct MQTTReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    private init(_ rawValue: UInt8) { self.rawValue = rawValue }

    static let success = MQTTReason(0x00)
    static let disconnectWithWill = MQTTReason(0x04)
    static let unspecified = MQTTReason(0x80)
    static let malformedPacket = MQTTReason(0x81)
    static let protocolError = MQTTReason(0x82)
    static let unsupportedVersion = MQTTReason(0x84)
    static let clientIdentifierInvalid = MQTTReason(0x85)
    static let badUserNameOrPassword = MQTTReason(0x86)
    static let notAuthorized = MQTTReason(0x87)
    static let serverUnavailable = MQTTReason(0x88)
    static let sessionTakenOver = MQTTReason(0x8E)
    static let topicFilterInvalid = MQTTReason(0x8F)
    static let packetIdentifierNotFound = MQTTReason(0x92)
    static let receiveMaximumExceeded = MQTTReason(0x93)
    static let topicAliasInvalid = MQTTReason(0x94)
    static let packetTooLarge = MQTTReason(0x95)
    static let retainNotSupported = MQTTReason(0x9A)
    static let qosNotSupported = MQTTReason(0x9B)

    /// Whether it tells of a failure (5.0 §2.4).
    var isFailure: Bool { self.rawValue >= 0x80 }

    /// As the standard writes it, such as `0x8E`.
    var code: String {
        let digits = String(self.rawValue, radix: 16, uppercase: true)
        return digits.count == 1 ? "0x0\(digits)" : "0x\(digits)"
    }

    var description: String { "\(Self.names[self.rawValue] ?? "a reason the standard does not know"), \(self.code)" }

    /// The return codes of 3.1.1 (§3.2.2.3) in order, as reasons.
    static let returnCodes: [MQTTReason] = [
        .success, .unsupportedVersion, .clientIdentifierInvalid, .serverUnavailable, .badUserNameOrPassword,
        .notAuthorized,
    ]

    private static let names: [UInt8: String] = [
        0x00: "success", 0x01: "granted QoS 1", 0x02: "granted QoS 2", 0x04: "disconnect with will message",
        0x10: "no matching subscribers", 0x11: "no subscription existed", 0x18: "continue authentication",
        0x19: "re-authenticate", 0x80: "unspecified error", 0x81: "malformed packet", 0x82: "protocol error",
        0x83: "implementation specific error", 0x84: "unsupported protocol version",
        0x85: "client identifier not valid", 0x86: "bad user name or password", 0x87: "not authorized",
        0x88: "server unavailable", 0x89: "server busy", 0x8A: "banned", 0x8B: "server shutting down",
        0x8C: "bad authentication method", 0x8D: "keep alive timeout", 0x8E: "session taken over",
        0x8F: "topic filter invalid", 0x90: "topic name invalid", 0x91: "packet identifier in use",
        0x92: "packet identifier not found", 0x93: "receive maximum exceeded", 0x94: "topic alias invalid",
        0x95: "packet too large", 0x96: "message rate too high", 0x97: "quota exceeded",
        0x98: "administrative action", 0x99: "payload format invalid", 0x9A: "retain not supported",
        0x9B: "QoS not supported", 0x9C: "use another server", 0x9D: "server moved",
        0x9E: "shared subscriptions not supported", 0x9F: "connection rate exceeded", 0xA0: "maximum connect time",
        0xA1: "subscription identifiers not supported", 0xA2: "wildcard subscriptions not supported",
    ]
}

extension MQTTReason {
    /// Whether a packet of this type may give this reason.
    ///
    /// 5.0: [MQTT-3.2.2-8], [MQTT-3.4.2-1], [MQTT-3.5.2-1], [MQTT-3.6.2-1], [MQTT-3.7.2-1], [MQTT-3.9.3-2],
    /// [MQTT-3.11.3-2], [MQTT-3.14.2-1], [MQTT-3.15.2-1]; 3.1.1: [MQTT-3.9.3-2] for SUBACK.
    ///
    /// - Parameters:
    ///   - type: the packet's type.
    ///   - receiver: the end that received it.
    ///   - version: the connection's protocol version.
    /// - Returns: whether the standard lets such a packet bear it.
    func isAllowed(in type: MQTTPacketType, for receiver: MQTTRole, _ version: MQTTVersion) -> Bool {
        let code = self.rawValue
        switch type {
        case .connack:
            switch code {
            case 0x00, 0x80...0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99...0x9D, 0x9F: return true
            default: return false
            }
        case .puback, .pubrec:
            switch code {
            case 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99: return true
            default: return false
            }
        case .pubrel, .pubcomp:
            return code == 0x00 || code == 0x92
        case .suback:
            if version == .v311 { return code <= 2 || code == 0x80 }
            switch code {
            case 0x00...0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2: return true
            default: return false
            }
        case .unsuback:
            switch code {
            case 0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91: return true
            default: return false
            }
        case .disconnect:
            switch code {
            case 0x00, 0x80...0x83, 0x90, 0x93...0x99: return true
            case 0x04: return receiver == .server
            case 0x87, 0x89, 0x8B, 0x8D...0x8F, 0x9A...0xA2: return receiver == .client
            default: return false
            }
        case .auth:
            return code == 0x00 || code == 0x18 || code == 0x19
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq, .pingresp:
            return false
        }
    }
}

/// A breach of MQTT by the other end, with the reason code that a DISCONNECT gives for it (5.0 §4.13).
///
/// 3.1.1 has no such codes: it closes the connection ([MQTT-4.8.0-1]); the codes are then for our own report.
struct MQTTError: Error, Equatable, Sendable, CustomStringConvertible {
    var reason: MQTTReason
    /// What was breached, with the number of the normative statement where there is one.
    var message: String

    static func == (a: MQTTError, b: MQTTError) -> Bool { a.reason == b.reason }

    /// Bytes that cannot be read as the specification has them: 0x81.
    static func malformed(_ message: String) -> MQTTError { MQTTError(reason: .malformedPacket, message: message) }

    /// Something readable that may not come, or not now: 0x82.
    static func forbidden(_ message: String) -> MQTTError { MQTTError(reason: .protocolError, message: message) }

    var description: String { "\(self.message) (\(self.reason))" }
}
