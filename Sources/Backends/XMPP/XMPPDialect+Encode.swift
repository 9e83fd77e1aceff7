import NIOCore
package import Signaling

extension XMPPDialect {
    /// The namespace of stanzas, which by WebSocket each has to name itself (RFC 7395 §3.3).
    private var namespace: String { self.settings.isWebSocket ? " xmlns='jabber:client'" : "" }

    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        if case .close = command, self.state != .closed {
            self.isClosing = true
            self.say(
                self.settings.isWebSocket
                    ? "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>" : "</stream:stream>", into: &out)
            return .written
        }
        switch (command, self.state) {
        case (_, .closed), (_, .opening), (_, .authenticating), (_, .binding), (_, .resuming), (.leave, .welcomed),
            (.send, .welcomed), (.close, _):
            return .refused
        case (.join(let name), _): self.join(name, now: now, into: &out)
        case (.leave, _):
            self.leave(into: &out)
            self.state = .welcomed
        case (.send(let signal, .peer(let peer), let id), _) where self.settings.directed == .private:
            let head =
                Array("<message to='".utf8) + self.room + Array("/".utf8) + XMLText.escaped(peer.bytes)
                + Array("' type='chat'\(self.namespace) id='s".utf8)
            self.send(signal, head, id, "</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>", &out)
        case (.send(let signal, _, let id), _): self.send(signal, self.roomHead, id, "</body></message>", &out)
        }
        return .written
    }

    private mutating func join(_ name: String, now: Instant, into out: inout Outbox) {
        let room = self.settings.address(of: name)
        if room == self.room, self.state == .welcomed {
            // The stream went on, and the membership with it.
            self.state = .joining(deadline: now)
            self.isStillMember = true
            return
        }
        if !self.room.isEmpty { self.leave(into: &out) }
        self.room = room
        self.roomHead =
            Array("<message to='".utf8) + room + Array("' type='groupchat'\(self.namespace) id='s".utf8)
        self.state = .joining(deadline: now + self.settings.patience)
        self.stanza(
            "<presence to='\(self.occupant)'",
            "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>", into: &out)
    }

    private mutating func leave(into out: inout Outbox) {
        self.stanza("<presence type='unavailable' to='\(self.occupant)'", "</presence>", into: &out)
        self.room = []
    }

    /// Our address in the room.
    private var occupant: String { String(decoding: self.room + Array("/".utf8) + self.member, as: UTF8.self) }

    private mutating func send(
        _ signal: ByteBuffer, _ head: [UInt8], _ id: UInt64, _ tail: StaticString, _ out: inout Outbox
    ) {
        let content = XMLText.content(signal)
        let number = "\(id)'><body>"
        let length = head.count + number.utf8.count + content.readableBytes + tail.utf8CodeUnitCount
        func body(_ wire: inout ByteBuffer) {
            wire.writeBytes(head)
            wire.writeString(number)
            wire.writeImmutableBuffer(content)
            wire.writeStaticString(tail)
        }
        self.frame(length, into: &out, body)
        guard self.management.isOn else { return }
        var kept = ByteBuffer()
        body(&kept)
        self.keep(kept, into: &out)
    }

    /// Says a stanza; `start` is its start tag without the end of it.
    mutating func stanza(_ start: String, _ rest: String, into out: inout Outbox) {
        let text = "\(start)\(self.namespace)>\(rest)"
        self.say(text, into: &out)
        if self.management.isOn { self.keep(ByteBuffer(string: text), into: &out) }
    }

    private mutating func keep(_ stanza: ByteBuffer, into out: inout Outbox) {
        if self.management.said(stanza) { self.say("<r xmlns='urn:xmpp:sm:3'/>", into: &out) }
    }

    /// Says something that is no stanza.
    func say(_ text: String, into out: inout Outbox) {
        self.frame(text.utf8.count, into: &out) { _ = $0.writeString(text) }
    }

    func frame(_ length: Int, into out: inout Outbox, _ body: (inout ByteBuffer) -> Void) {
        if self.settings.isWebSocket {
            out.frame(.text, length: length, body)
        } else {
            out.bytes(length, body)
        }
    }
}
