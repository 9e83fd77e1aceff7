/// The meaning of a frame (RFC 6455 §5.2); the reserved opcodes are no cases.
package enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether it is a control frame: short, never fragmented, allowed between fragments (RFC 6455 §5.5).
    package var isControl: Bool { self.rawValue & 0x8 != 0 }
}
