import NIOCore
import Signaling

// Logins, and the management of streams.
extension XMPPDialect {
    mutating func features(
        _ stanza: XMPPStanza, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        guard case .opening(_, let isAuthenticated) = self.state else { return .control }
        let deadline = now + self.settings.patience
        guard isAuthenticated else {
            try self.logIn(stanza, bytes, into: &out)
            self.state = .authenticating(deadline: deadline)
            return .control
        }
        guard self.management.canResume else {
            self.bind(deadline, into: &out)
            return .control
        }
        self.state = .resuming(deadline: deadline)
        let id = self.management.id.replacing("'", with: "&apos;")
        self.say("<resume xmlns='urn:xmpp:sm:3' previd='\(id)' h='\(self.management.received)'/>", into: &out)
        return .control
    }

    private func logIn(
        _ stanza: XMPPStanza, _ bytes: ByteBuffer, into out: inout Outbox
    ) throws(DialectError) {
        let offered = stanza.contents(of: "mechanism", bytes)
        guard offered.contains(self.settings.mechanism) else {
            let hint =
                stanza.children(bytes).contains("starttls")
                ? "use xmpps:// or wss://, as STARTTLS is not spoken"
                : "set backend.user and backend.password for an account, and neither for an anonymous login"
            throw DialectError(
                code: .forbidden,
                message:
                    "the server offers logins by \(offered.isEmpty ? "nothing" : offered.joined(separator: ", ")), "
                    + "not by \(self.settings.mechanism); \(hint)")
        }
        let start = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='\(self.settings.mechanism)'"
        guard let user = self.settings.user else { return self.say(start + "/>", into: &out) }
        // RFC 4616 §2.
        let words = BasicAuthorization.base64([0] + Array(user.utf8) + [0] + Array(self.settings.password.utf8))
        self.say("\(start)>\(words)</auth>", into: &out)
    }

    private mutating func bind(_ deadline: Instant, into out: inout Outbox) {
        self.state = .binding(deadline: deadline)
        self.stanza("<iq type='set' id='b'", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", into: &out)
    }

    mutating func managed(
        _ stanza: XMPPStanza, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        switch (stanza.kind, self.state) {
        case (.request, _):
            self.say("<a xmlns='urn:xmpp:sm:3' h='\(self.management.received)'/>", into: &out)
        case (.answer, _): try self.acknowledged(stanza, bytes)
        case (.enabled, .binding), (.failed, .binding):
            let isResumable = ["true", "1"].contains(self.attribute("resume", of: stanza, bytes))
            if stanza.kind == .enabled, isResumable {
                self.management.enabled(
                    id: stanza.text(stanza.id, bytes), window: self.attribute("max", of: stanza, bytes))
            }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case (.resumed, .resuming):
            try self.acknowledged(stanza, bytes)
            for owed in self.management.resumed() {
                self.frame(owed.readableBytes, into: &out) { _ = $0.writeImmutableBuffer(owed) }
            }
            self.state = .welcomed
            return .welcomed(PeerID(bytes: self.member))
        case (.failed, .resuming):
            // The stream is over: a new one begins, and the room is to be joined again.
            self.management.forget()
            self.room = []
            self.bind(now + self.settings.patience, into: &out)
        default: break
        }
        return .control
    }

    private mutating func acknowledged(_ stanza: XMPPStanza, _ bytes: ByteBuffer) throws(DialectError) {
        guard self.management.isOn else { return }
        guard let count = UInt32(self.attribute("h", of: stanza, bytes)), self.management.acknowledged(count) else {
            throw DialectError(code: .unexpected, message: "the server counts stanzas that were not sent")
        }
    }

    /// The value of an attribute of the root, as it is written.
    private func attribute(_ name: StaticString, of stanza: XMPPStanza, _ bytes: ByteBuffer) -> String {
        var value = ""
        stanza.descend(bytes) { scanner, depth, _, attributes in
            guard depth == 0, let range = scanner.attribute(name, attributes) else { return }
            value = String(decoding: scanner.text[range], as: UTF8.self)
        }
        return value
    }
}
