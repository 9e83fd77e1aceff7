package import NIOCore
package import Signaling

extension SocketIODialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else {
            return self.recovery.hasDue && self.isConnected ? self.due(into: &out) : nil
        }
        let whole = bytes
        bytes.moveReaderIndex(to: bytes.writerIndex)
        switch try self.engine.take(whole, now: now, into: &out) {
        case .message(let range):
            if self.recovery.isOffered {
                if try self.kept(range, whole) { return .control }
                if let event = self.expectedSignal(range, whole, end: self.heard(range, whole)) { return event }
            } else if let event = self.expectedSignal(range, whole) {
                return event
            }
            return try self.packet(range, whole, into: &out)
        case .opened:
            self.state = .connecting(until: now + self.patience)
            // A server of revision 3 connects everybody to the default namespace unasked.
            if self.settings.version == .v4 || !self.settings.namespace.isEmpty {
                out.text(
                    self.settings.packet(SocketIOPacket.Kind.connect.rawValue)
                        + self.recovery.payload(self.settings.auth))
            }
            return .control
        case .control: return .control
        case .closed: return .closed(.closed(code: 1000, reason: "Engine.IO close"))
        }
    }

    /// The hot path: a signal by the event for signals, judged by its envelope alone where it is not for this agent.
    @inline(__always)
    private func expectedSignal(_ range: Range<Int>, _ bytes: ByteBuffer, end: Int? = nil) -> Inbound? {
        guard self.hasFurtherArguments == false else { return nil }
        let skip: Int
        if SignalReader.has(self.head, at: range.lowerBound, in: bytes) {
            skip = self.head.count
        } else if self.directHead.count != self.head.count || self.directHead != self.head,
            SignalReader.has(self.directHead, at: range.lowerBound, in: bytes)
        {
            skip = self.directHead.count
        } else {
            return nil
        }
        guard range.count > skip + 2,
            bytes.getInteger(at: range.upperBound - 1, as: UInt8.self) == UInt8(ascii: "]")
        else { return nil }
        let signal = range.lowerBound + skip..<max(range.lowerBound + skip, end ?? range.upperBound - 1)
        guard bytes.getInteger(at: signal.upperBound - 1, as: UInt8.self) == UInt8(ascii: "}") else { return nil }
        guard let head = SignalReader.head(of: signal, in: bytes, selfID: self.ownID) else { return nil }
        guard case .mine = head.verdict else { return .overheard(head) }
        guard head.tag != nil || SignalReader.isSound(signal, in: bytes) else { return nil }
        return .signal(head, body: signal)
    }

    /// Whether the namespace let the agent in on this connection.
    private var isConnected: Bool {
        switch self.state {
        case .connected, .joining, .joined: true
        case .closed, .opening, .connecting: false
        }
    }

    /// Keeps what a server repeats before it answers CONNECT.
    ///
    /// - Returns: whether it was that.
    @inline(never)
    private mutating func kept(_ range: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Bool {
        guard case .connecting = self.state, Self.isEvent(range, bytes) else { return false }
        var event = bytes
        event.moveReaderIndex(to: range.lowerBound)
        try self.recovery.keep(event.readBytes(length: range.count) ?? [])
        return true
    }

    /// Takes note of an event's offset; the arguments end where the result says.
    private mutating func heard(_ range: Range<Int>, _ bytes: ByteBuffer) -> Int? {
        Self.isEvent(range, bytes) ? self.recovery.hear(range, bytes) : nil
    }

    private static func isEvent(_ range: Range<Int>, _ bytes: ByteBuffer) -> Bool {
        bytes.getInteger(at: range.lowerBound, as: UInt8.self) == SocketIOPacket.Kind.event.rawValue
    }

    /// Any other packet of Socket.IO.
    private mutating func packet(
        _ range: Range<Int>, _ bytes: ByteBuffer, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        var message = bytes
        message.moveReaderIndex(to: range.lowerBound)
        let text = message.readBytes(length: range.count) ?? []
        guard let packet = text.withUnsafeBytes({ SocketIOPacket($0) }) else {
            throw DialectError(code: .malformed, message: "the server sent no packet of Socket.IO")
        }
        guard text[packet.namespace].elementsEqual(self.settings.namespace) else {
            // A server that does not know the namespace refuses in the default one. Simple servers say everything there,
            // where nobody of ours has connected.
            switch packet.kind {
            case .connectError: return Self.refused(text[packet.data])
            case .ack, .event: guard packet.namespace.isEmpty, self.ownID != [] else { return .control }
            case .connect, .disconnect, .binaryEvent, .binaryAck: return .control
            }
            return self.meant(packet, text, at: range.lowerBound, bytes, into: &out)
        }
        switch packet.kind {
        case .connect: return try self.welcomed(Array(text[packet.data]))
        case .connectError: return Self.refused(text[packet.data])
        case .disconnect: return .closed(.closed(code: 1000, reason: "Socket.IO disconnect"))
        case .ack, .event, .binaryAck, .binaryEvent:
            return self.meant(packet, text, at: range.lowerBound, bytes, into: &out)
        }
    }

    /// An event, or the answer to one.
    mutating func meant(
        _ packet: SocketIOPacket, _ text: [UInt8], at base: Int, _ bytes: ByteBuffer, into out: inout Outbox
    ) -> Inbound {
        switch packet.kind {
        case .ack, .binaryAck:
            guard packet.id == 0, self.state == .joining || self.state == .joined else { return .control }
            return self.answered(Array(text[packet.data]))
        default:
            // The attachments of a binary event follow by themselves, and hold no signal.
            if let id = packet.id {
                out.text(self.settings.packet(SocketIOPacket.Kind.ack.rawValue) + Array("\(id)[]".utf8))
            }
            return self.event(packet.data, text, at: base, bytes)
        }
    }

    /// CONNECT_ERROR, with the server's words where it says them in `message`.
    private static func refused(_ data: ArraySlice<UInt8>) -> Inbound {
        let message = Array(data).withUnsafeBytes { self.string("message", in: $0) } ?? Array(data)
        let words = Secrets.excerpt(message)
        return .closed(
            .denied("CONNECT was refused: \(words); backend.auth and backend.namespace are what it is asked with"))
    }

    /// The namespace let the agent in.
    private mutating func welcomed(_ data: [UInt8]) throws(DialectError) -> Inbound {
        guard case .connecting = self.state else { return .control }
        var id = self.engine.handshake?.sid ?? []
        if self.settings.version == .v4 {
            guard let sid = data.withUnsafeBytes({ Self.string("sid", in: $0) }), !sid.isEmpty else {
                throw DialectError(code: .malformed, message: "the server said CONNECT without a sid")
            }
            id = sid
        }
        self.recovery.connected(pid: data.withUnsafeBytes { Self.string("pid", in: $0) })
        self.ownID = id
        self.state = .connected
        return .welcomed(PeerID(bytes: id))
    }

    /// The join was answered: an object with `error` refuses it, anything else is a yes.
    private mutating func answered(_ data: [UInt8]) -> Inbound {
        let refusal = data.withUnsafeBytes { text -> [UInt8]? in
            var walker = JSONWalker(text)
            guard (try? walker.enterArray()) != nil, let first = try? walker.nextElement(), first.kind == .object else {
                return nil
            }
            return Self.string("error", in: UnsafeRawBufferPointer(rebasing: text[first.range]))
        }
        if let refusal {
            self.state = .connected
            let code = String(decoding: refusal, as: UTF8.self)
            return .refused(Refusal(code: code, message: "join: \(code)", subject: .join))
        }
        self.state = .joined
        return .joined(confirmed: true)
    }

    /// An event in any form.
    @inline(never)
    private mutating func event(
        _ data: Range<Int>, _ text: [UInt8], at base: Int, _ bytes: ByteBuffer
    ) -> Inbound {
        text.withUnsafeBytes { all -> Inbound in
            let json = UnsafeRawBufferPointer(rebasing: all[data])
            guard UTF8Validator.isValid(json), let event = try? SocketIOEvent(json) else { return .control }
            let name = String(decoding: event.name, as: UTF8.self)
            if name == self.settings.left {
                guard let argument = event.arguments.first else { return .control }
                let object = UnsafeRawBufferPointer(rebasing: json[argument.range])
                let id =
                    argument.isString
                    ? JSONText.unescape(argument.content, in: json) : Self.string("id", in: object)
                return id.map { .peerLeft(PeerID(bytes: $0)) } ?? .control
            }
            guard self.signalEvents.contains(name) else {
                self.unknown.add(name)
                return .control
            }
            guard let value = self.settings.signalPlace.value(in: event.arguments, of: json)
            else { return .control }
            if self.hasFurtherArguments != true {
                self.hasFurtherArguments = event.arguments.count > (self.recovery.isOffered ? 2 : 1)
            }
            if value.isString { return self.nested(JSONText.unescape(value.content, in: json)) }
            guard value.kind == .object else { return .control }
            let start = base + data.lowerBound + value.range.lowerBound
            let signal = start..<start + value.range.count
            guard let head = SignalReader.head(of: signal, in: bytes, selfID: self.ownID) else { return .control }
            if case .mine = head.verdict { return .signal(head, body: signal) }
            return .overheard(head)
        }
    }

    /// A signal that came as a JSON string.
    private mutating func nested(_ signal: [UInt8]?) -> Inbound {
        guard let signal else { return .control }
        self.scratch = ByteBuffer(bytes: signal)
        let range = 0..<signal.count
        guard
            let head = SignalReader.head(of: range, in: self.scratch, selfID: self.ownID, isInScratch: true),
            head.tag != nil || SignalReader.isSound(range, in: self.scratch)
        else { return .control }
        if case .mine = head.verdict { return .signal(head, body: range) }
        return .overheard(head)
    }

    /// The value of an object's member that is a string.
    private static func string(_ key: String, in object: UnsafeRawBufferPointer) -> [UInt8]? {
        var walker = JSONWalker(object)
        guard (try? walker.enterObject()) != nil else { return nil }
        while let member = try? walker.next() {
            if object[member.key].elementsEqual(key.utf8), member.value.isString {
                return JSONText.unescape(member.value.content, in: object)
            }
        }
        return nil
    }
}
