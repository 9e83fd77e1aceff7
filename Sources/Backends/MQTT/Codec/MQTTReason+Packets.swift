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
