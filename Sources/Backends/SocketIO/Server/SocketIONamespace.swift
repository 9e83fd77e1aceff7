import NIOCore

/// The default namespace of an Engine.IO server: who is connected to it, events in and out.
///
/// Revision 4 of Engine.IO carries revision 5 of Socket.IO, in which a client asks to be connected and may be refused;
/// revision 3 carries its revisions 3 and 4, in which the server connects everybody.
/// Source: https://github.com/socketio/socket.io-protocol.
final class SocketIONamespace {
    /// What becomes of an event.
    struct Call {
        var client: SocketIOClient
        var event: SocketIOEvent
        /// What the offsets of the event refer to.
        var text: UnsafeRawBufferPointer
        /// Asks for an acknowledgement.
        var id: UInt64?
    }

    private let hub: EngineIOHub
    /// Clients by the session that they came by.
    private var clients: [ObjectIdentifier: SocketIOClient] = [:]
    /// Sessions of revision 4 that have not asked to be connected yet, and what ends them when they do not.
    private var waiting: [ObjectIdentifier: Scheduled<Void>] = [:]

    init(hub: EngineIOHub) { self.hub = hub }

    // MARK: Sessions

    /// A session began.
    ///
    /// - Returns: its client, where the server connects it unasked.
    func opened(_ session: EngineIOSession) -> SocketIOClient? {
        switch session.version {
        case .v2, .v3:
            session.send(EngineIOMessage(Array("0".utf8)))
            return self.connect(session)
        case .v4:
            let bound = NIOLoopBound((hub: self.hub, session: session), eventLoop: self.hub.loop)
            self.waiting[ObjectIdentifier(session)] = self.hub.loop.scheduleTask(
                in: .nanoseconds(self.hub.options.handshakeTimeout)
            ) {
                bound.value.hub.counters.handshakeTimeouts += 1
                bound.value.session.close(code: 1008, reason: "no CONNECT came")
            }
            return nil
        }
    }

    /// A session ended.
    ///
    /// - Returns: the client that it carried.
    func closed(_ session: EngineIOSession) -> SocketIOClient? {
        self.waiting.removeValue(forKey: ObjectIdentifier(session))?.cancel()
        return self.clients.removeValue(forKey: ObjectIdentifier(session))
    }

    private func connect(_ session: EngineIOSession) -> SocketIOClient {
        self.waiting.removeValue(forKey: ObjectIdentifier(session))?.cancel()
        // Before revision 4 a client's id is its session's, which is how the client knows it.
        let id = session.version != .v4 ? Array(session.sid.utf8) : RelayMember.text(of: self.hub.newNumber())
        let client = SocketIOClient(id: id, session: session)
        self.clients[ObjectIdentifier(session)] = client
        return client
    }

    // MARK: Packets

    /// Takes one packet.
    ///
    /// - Parameters:
    ///   - text: the packet.
    ///   - session: whose it is.
    ///   - connected: a client asked to be connected, and is.
    ///   - call: a client's event.
    func received(
        _ text: ByteBuffer, from session: EngineIOSession, connected: (SocketIOClient) -> Void, call: (Call) -> Void
    ) {
        text.withUnsafeReadableBytes { bytes in
            guard let packet = SocketIOPacket(bytes) else { return self.breach(session, "no packet of Socket.IO") }
            let isDefault = packet.namespace.isEmpty
            switch packet.kind {
            case .connect where isDefault:
                guard self.waiting[ObjectIdentifier(session)] != nil else { return }
                let client = self.connect(session)
                session.send(EngineIOMessage(Array(#"0{"sid":""#.utf8) + client.id + Array(#""}"#.utf8)))
                connected(client)
            case .connect:
                let name = Array(bytes[packet.namespace])
                let words =
                    session.version == .v4 ? #",{"message":"Invalid namespace"}"# : #","Invalid namespace""#
                session.send(EngineIOMessage(Array("4".utf8) + name + Array(words.utf8)))
            case .disconnect where isDefault: session.close(code: 1000, reason: "")
            case .event where isDefault:
                guard let client = self.clients[ObjectIdentifier(session)] else {
                    return self.breach(session, "an event before CONNECT")
                }
                let data = UnsafeRawBufferPointer(rebasing: bytes[packet.data])
                guard UTF8Validator.isValid(data), let event = try? SocketIOEvent(data) else {
                    return self.breach(session, "an event that is no JSON array with a name")
                }
                call(Call(client: client, event: event, text: data, id: packet.id))
            case .binaryEvent, .binaryAck: session.close(code: 1003, reason: "binary attachments are not carried")
            case .ack, .disconnect, .event: break
            case .connectError: self.breach(session, "a CONNECT_ERROR from a client")
            }
        }
    }

    private func breach(_ session: EngineIOSession, _ why: String) {
        self.hub.counters.refusals += 1
        session.close(code: 1002, reason: why)
    }

    /// Answers an event that asked for it.
    func acknowledge(_ call: Call, _ json: String) {
        guard let id = call.id else { return }
        call.client.session.send(EngineIOMessage(Array("3\(id)[\(json)]".utf8)))
    }
}
