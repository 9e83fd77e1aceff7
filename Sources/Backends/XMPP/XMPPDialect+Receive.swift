package import NIOCore
package import Signaling

extension XMPPDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard let stanza = try XMPPStanza.next(&bytes) else {
            guard !self.settings.isWebSocket || bytes.readableBytes == 0 else {
                throw DialectError(code: .malformed, message: "the server cut an element at the end of a message")
            }
            return self.management.takeNews() ? .resumed : nil
        }
        guard stanza.kind == .message else { return try self.other(stanza, bytes, now: now, into: &out) }
        if self.management.isOn { self.management.heard() }
        return self.message(stanza, bytes)
    }

    // MARK: Messages

    @inline(__always)
    private mutating func message(_ stanza: XMPPStanza, _ bytes: ByteBuffer) -> Inbound {
        guard self.isOfRoom(stanza, bytes), stanza.type.count != 5 else { return self.returned(stanza, bytes) }
        switch (stanza.type.count, stanza.body) {
        case (_, .none): return .control
        case (9, .verbatim(let range)), (4, .verbatim(let range)): return self.signal(range, bytes)
        case (9, .text(let range)), (4, .text(let range)):
            var all = bytes
            all.moveReaderIndex(to: range.lowerBound)
            let outcome = all.withUnsafeReadableBytes { text in
                let text = UnsafeRawBufferPointer(rebasing: text[..<range.count])
                self.scratch.clear(minimumCapacity: range.count + 8)
                return XMLText.unescape(text, into: &self.scratch)
            }
            guard outcome else { return .control }
            return self.signal(0..<self.scratch.writerIndex, self.scratch, isInScratch: true)
        default: return .control
        }
    }

    /// What is of no room of ours, or a message of our own that came back (RFC 6120 §8.3).
    @inline(never)
    private func returned(_ stanza: XMPPStanza, _ bytes: ByteBuffer) -> Inbound {
        guard stanza.text(stanza.type, bytes) == "error" else { return .control }
        let (code, words) = stanza.condition(bytes)
        return .refused(Refusal(code: code, message: words, subject: .send))
    }

    @inline(__always)
    private func signal(_ range: Range<Int>, _ bytes: ByteBuffer, isInScratch: Bool = false) -> Inbound {
        guard let head = SignalReader.head(of: range, in: bytes, selfID: self.member, isInScratch: isInScratch) else {
            return .control
        }
        guard head.verdict == .mine else { return .overheard(head) }
        // A message of ours carries a digest over its body, which is verified later and tells more than a parse would.
        guard head.tag != nil || SignalReader.isSound(range, in: bytes) else { return .control }
        return .signal(head, body: range)
    }

    /// Whether a stanza is from a member of the room, and not of one that was left.
    @inline(__always)
    private func isOfRoom(_ stanza: XMPPStanza, _ bytes: ByteBuffer) -> Bool {
        let count = self.room.count
        guard count > 0, stanza.from.count > count else { return false }
        var all = bytes
        all.moveReaderIndex(to: stanza.from.lowerBound)
        return all.getInteger(at: all.readerIndex + count, as: UInt8.self) == UInt8(ascii: "/")
            && SignalReader.has(self.room, at: all.readerIndex, in: all)
    }

    // MARK: Everything else

    @inline(never)
    private mutating func other(
        _ stanza: XMPPStanza, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        switch stanza.kind {
        case .presence:
            if self.management.isOn { self.management.heard() }
            return self.presence(stanza, bytes)
        case .iq:
            if self.management.isOn { self.management.heard() }
            return try self.query(stanza, bytes, into: &out)
        case .features: return try self.features(stanza, bytes, now: now, into: &out)
        case .success:
            guard case .authenticating = self.state else { return .control }
            self.open(isAuthenticated: true, now: now, into: &out)
            return .control
        case .failure:
            throw DialectError(
                code: .forbidden, message: "the server lets us not in: \(stanza.condition(bytes).message)")
        case .error:
            let (code, words) = stanza.condition(bytes)
            return .refused(Refusal(code: code, message: words, subject: .other))
        case .closing:
            guard self.isClosing else { return .closed(.peerClosed) }
            out.close(.requested)
            return .control
        case .enabled, .resumed, .failed, .request, .answer:
            return try self.managed(stanza, bytes, now: now, into: &out)
        case .message, .opening, .other: return .control
        }
    }

    private mutating func presence(_ stanza: XMPPStanza, _ bytes: ByteBuffer) -> Inbound {
        guard self.isOfRoom(stanza, bytes) else { return .control }
        let place = stanza.from.lowerBound + self.room.count + 1..<stanza.from.upperBound
        var nick = ByteBuffer()
        let raw = Array(stanza.text(place, bytes).utf8)
        guard raw.withUnsafeBytes({ XMLText.unescape($0, into: &nick) }) else { return .control }
        let member = Array(nick.readableBytesView)
        switch stanza.text(stanza.type, bytes) {
        case "error":
            guard case .joining = self.state, member == self.member else { return .control }
            let (code, words) = stanza.condition(bytes)
            (self.state, self.room) = (.welcomed, [])
            return .refused(Refusal(code: code, message: words, subject: .join))
        case "unavailable":
            guard member == self.member else {
                return self.state == .joined ? .peerLeft(PeerID(bytes: member)) : .control
            }
            // The answer to a leave may come when the room is being joined again.
            guard self.state == .joined else { return .control }
            (self.state, self.room) = (.welcomed, [])
            return .refused(Refusal(code: "unavailable", message: "put out of the room", subject: .other))
        case "":
            guard member == self.member else {
                return self.state == .joined ? .peerJoined(PeerID(bytes: member)) : .control
            }
            guard case .joining = self.state else { return .control }
            self.state = .joined
            return .joined(confirmed: true)
        default: return .control
        }
    }

    private mutating func query(
        _ stanza: XMPPStanza, _ bytes: ByteBuffer, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        let (type, id) = (stanza.text(stanza.type, bytes), stanza.text(stanza.id, bytes))
        switch (type, id, self.state) {
        case ("result", "b", .binding): return self.bound(into: &out)
        case ("error", "b", .binding):
            throw DialectError(
                code: .forbidden, message: "the server binds no address: \(stanza.condition(bytes).message)")
        case ("result", "p", _), ("error", "p", _):
            // Who knows no ping says so, and is there all the same.
            self.isPingOwed = false
            return .control
        case ("get", _, _), ("set", _, _):
            // Every request is owed an answer (RFC 6120 §8.2.3); the attributes go back as they were written.
            let isPing = stanza.children(bytes).contains("ping")
            func attribute(_ range: Range<Int>) -> String { stanza.text(range, bytes).replacing("'", with: "&apos;") }
            let to = stanza.from.isEmpty ? "" : " to='\(attribute(stanza.from))'"
            self.stanza(
                "<iq type='\(isPing ? "result" : "error")' id='\(attribute(stanza.id))'\(to)",
                isPing
                    ? "</iq>"
                    : "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                into: &out)
            return .control
        default: return .control
        }
    }

    private mutating func bound(into out: inout Outbox) -> Inbound {
        guard !self.management.isWanted else {
            self.say("<enable xmlns='urn:xmpp:sm:3' resume='true'/>", into: &out)
            return .control
        }
        self.state = .welcomed
        return .welcomed(PeerID(bytes: self.member))
    }
}
