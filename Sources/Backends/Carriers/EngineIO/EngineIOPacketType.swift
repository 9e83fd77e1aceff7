/// The type of an Engine.IO packet, the digit that it begins with; the same in revisions 3 and 4 of the protocol.
///
/// Source: https://github.com/socketio/engine.io-protocol, section "Packet encoding".
enum EngineIOPacketType: UInt8, CaseIterable, Sendable {
    case open = 0x30
    case close
    case ping
    case pong
    case message
    case upgrade
    case noop
}
