import NIOCore
import Signaling

/// The room relay of the multi-party article family, as people run it on Socket.IO.
///
/// `enter` takes a room's name; `message` takes an object, goes to the member that its `sendto` names or to all others of
/// the room, and bears the sender's id in `from`, whatever the client wrote there; `user disconnected` tells a room who
/// left. The DocC article "Socket.IO relay" specifies it.
///
/// The server that was published in 2016 had three holes, which only ``isFaithful`` brings back: it delivered to an id in
/// another room, took a room's name for an id, and let a client without a room speak to everybody.
final class SocketIORelay: EngineIOApplication {
    private let hub: EngineIOHub
    private let namespace: SocketIONamespace
    private let isFaithful: Bool
    private var rooms: [[UInt8]: [SocketIOClient]] = [:]
    private var roomOf: [ObjectIdentifier: [UInt8]] = [:]
    private var clients: [[UInt8]: SocketIOClient] = [:]

    private static let prefix = Array(#"2["message","#.utf8)

    init(hub: EngineIOHub) {
        self.hub = hub
        self.namespace = SocketIONamespace(hub: hub)
        self.isFaithful = hub.options.isFaithful2016
    }

    // MARK: Sessions

    func opened(_ session: EngineIOSession) {
        if let client = self.namespace.opened(session) { self.clients[client.id] = client }
    }

    func closed(_ session: EngineIOSession) {
        guard let client = self.namespace.closed(session) else { return }
        self.clients[client.id] = nil
        self.leave(client)
    }

    func received(_ text: ByteBuffer, from session: EngineIOSession) {
        self.namespace.received(text, from: session) { client in
            self.clients[client.id] = client
        } call: { call in
            self.perform(call)
        }
    }

    func tickEnded() {}

    func answer(_ request: HTTPRequest) -> HTTPResponse? {
        ConferencePage.answer(request, backend: SocketIODialect.descriptors[0].id)
    }

    // MARK: Events

    private func perform(_ call: SocketIONamespace.Call) {
        switch String(decoding: call.event.name, as: UTF8.self) {
        case "enter": self.enter(call)
        case "leave":
            self.leave(call.client)
            self.namespace.acknowledge(call, "true")
        case "message": self.message(call)
        default: self.refuse(call, "unknownEvent")
        }
    }

    private func refuse(_ call: SocketIONamespace.Call, _ code: String) {
        self.hub.counters.refusals += 1
        self.namespace.acknowledge(call, #"{"error":"\#(code)"}"#)
    }

    private func enter(_ call: SocketIONamespace.Call) {
        guard let argument = call.event.arguments.first, argument.isString,
            let name = JSONText.unescape(argument.content, in: call.text), !name.isEmpty,
            name.count <= self.hub.options.maxRoomNameBytes
        else { return self.refuse(call, "badRoom") }
        let client = call.client
        if self.roomOf[ObjectIdentifier(client)] != name {
            self.leave(client)
            self.roomOf[ObjectIdentifier(client)] = name
            self.rooms[name, default: []].append(client)
            self.hub.counters.rooms = self.rooms.count
        }
        self.namespace.acknowledge(call, "true")
    }

    private func leave(_ client: SocketIOClient) {
        guard let name = self.roomOf.removeValue(forKey: ObjectIdentifier(client)) else { return }
        self.rooms[name]?.removeAll { $0 === client }
        guard let others = self.rooms[name], !others.isEmpty else {
            self.rooms[name] = nil
            self.hub.counters.rooms = self.rooms.count
            return
        }
        let notice = EngineIOMessage(
            Array(#"2["user disconnected",{"id":""#.utf8) + client.id + Array(#""}]"#.utf8))
        for other in others { other.session.send(notice) }
    }

    private func message(_ call: SocketIONamespace.Call) {
        guard let argument = call.event.arguments.first, argument.kind == .object else {
            return self.refuse(call, "badMessage")
        }
        let signal = UnsafeRawBufferPointer(rebasing: call.text[argument.range])
        let stamp = RelayStamp(signal, from: call.client.id)
        let room = self.roomOf[ObjectIdentifier(call.client)]
        let members = room.flatMap { self.rooms[$0] } ?? []
        let audience: [SocketIOClient]
        switch stamp.target {
        case .invalid: return self.refuse(call, "badMessage")
        case .room:
            if room == nil, !self.isFaithful { return self.refuse(call, "notJoined") }
            audience = room == nil ? Array(self.clients.values) : members
        case .member(let id):
            let text = RelayMember.text(of: id)
            let found = self.isFaithful ? self.clients[text] : members.first { $0.id == text }
            guard let found, found !== call.client else { return self.refuse(call, "unknownTarget") }
            audience = [found]
        case .nobody:
            guard self.isFaithful, let named = self.members(named: signal) else {
                return self.refuse(call, "unknownTarget")
            }
            audience = named
        }
        let length = stamp.text?.count ?? signal.count
        let message = EngineIOMessage(length: Self.prefix.count + length + 1) { text in
            text.writeBytes(Self.prefix)
            if let stamped = stamp.text { text.writeBytes(stamped) } else { text.writeBytes(signal) }
            text.writeInteger(UInt8(ascii: "]"))
        }
        self.hub.counters.messages += 1
        self.hub.counters.framesEncoded += 1
        for client in audience where client !== call.client && client.session.send(message) {
            self.hub.counters.deliveries += 1
        }
        self.namespace.acknowledge(call, "true")
    }

    /// The members of the room that `sendto` names, as the published server had it.
    private func members(named signal: UnsafeRawBufferPointer) -> [SocketIOClient]? {
        var walker = JSONWalker(signal)
        guard (try? walker.enterObject()) != nil else { return nil }
        while let member = try? walker.next() {
            guard signal[member.key].elementsEqual("sendto".utf8), member.value.isString else { continue }
            return JSONText.unescape(member.value.content, in: signal).flatMap { self.rooms[$0] }
        }
        return nil
    }
}
