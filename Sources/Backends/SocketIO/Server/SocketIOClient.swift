import NIOCore

/// One client in the default namespace of a Socket.IO server.
final class SocketIOClient {
    /// 16 lower-case hexadecimal digits.
    let id: [UInt8]
    let session: EngineIOSession

    init(id: [UInt8], session: EngineIOSession) {
        self.id = id
        self.session = session
    }
}
