package import NIOCore
package import Signaling

extension MQTTDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        while true {
            let event: MQTTEvent?
            do throws(MQTTError) {
                event = try self.session?.next(&bytes, now: now, into: &out)
            } catch {
                self.session?.abort(error.reason, now: now, into: &out)
                throw DialectError(code: .malformed, message: "the broker sent \(error)")
            }
            guard let event else { return self.notices.isEmpty ? nil : .refused(self.notices.removeFirst()) }
            if case .message(let delivery) = event, delivery.match != .neither {
                if delivery.isRetained { self.tellOfRetained() }
                return try self.signal(delivery.payload, bytes)
            }
            return try self.other(event, bytes, now: now, into: &out)
        }
    }

    /// Judges what came by the room's topic or the member's own.
    @inline(__always)
    private mutating func signal(_ payload: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        guard self.settings.layout != .milkcocoa else { return try self.wrapped(payload, bytes) }
        return self.judged(payload, bytes, isInScratch: false)
    }

    @inline(__always)
    private func judged(_ range: Range<Int>, _ bytes: ByteBuffer, isInScratch: Bool) -> Inbound {
        var all = bytes
        all.moveReaderIndex(to: range.lowerBound)
        let span = all.readableBytesSpan.extracting(first: range.count)
        let envelope = EnvelopeScanner.scan(span)
        let from = envelope.from.range
        let head = SignalHead(
            kind: envelope.kind, verdict: Filter.apply(envelope, in: span, selfID: self.member),
            tag: envelope.parsedTag(in: span),
            from: range.lowerBound + from.lowerBound..<range.lowerBound + from.upperBound, bytes: range.count,
            bodyIsInScratch: isInScratch)
        if head.tag == nil, head.kind == .bye, Self.isWill(span) {
            let text = span.withUnsafeBytes { JSONText.unescape(from, in: $0) }
            return text == self.member ? .control : .peerLeft(PeerID(bytes: text ?? []))
        }
        guard case .mine = head.verdict else { return .overheard(head) }
        guard head.tag != nil || Self.isSound(span) else { return .control }
        return .signal(head, body: range)
    }

    /// Whether a `bye` is one that the broker published on behalf of a member.
    @inline(never)
    private static func isWill(_ span: borrowing RawSpan) -> Bool {
        span.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            do throws(JSONError) {
                try walker.enterObject()
                while let member = try walker.next() {
                    if text[member.key].elementsEqual("will".utf8) {
                        return text[member.value.range].elementsEqual("true".utf8)
                    }
                }
            } catch {}
            return false
        }
    }

    /// Whether a message without a tag of ours is one JSON value in UTF-8, and nothing else.
    @inline(never)
    private static func isSound(_ span: borrowing RawSpan) -> Bool {
        span.withUnsafeBytes { text in
            guard UTF8Validator.isValid(text) else { return false }
            var walker = JSONWalker(text)
            guard let value = try? walker.value() else { return false }
            return value.range == 0..<text.count
        }
    }

    /// Judges a signal in Milkcocoa's envelope; as we write it, its place is known without reading it.
    private mutating func wrapped(_ payload: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        let head = Self.milkcocoaHead.count
        let tail = MilkcocoaEnvelope.tailLength
        if payload.count > head + tail + 2,
            bytes.getInteger(at: payload.upperBound - tail - 1, as: UInt8.self) == UInt8(ascii: "}"),
            SignalReader.has(Self.milkcocoaHead, at: payload.lowerBound, in: bytes),
            SignalReader.has(Self.tailStart, at: payload.upperBound - tail, in: bytes)
        {
            return self.judged(payload.lowerBound + head..<payload.upperBound - tail, bytes, isInScratch: false)
        }
        var all = bytes
        all.moveReaderIndex(to: payload.lowerBound)
        let text = all.readBytes(length: payload.count) ?? []
        let found = text.withUnsafeBytes { text in try? MilkcocoaEnvelope(text) }
        guard let envelope = found ?? nil else { return .control }
        guard envelope.isString else {
            let start = payload.lowerBound + envelope.params.lowerBound
            return self.judged(start..<start + envelope.params.count, bytes, isInScratch: false)
        }
        let content = envelope.params.lowerBound + 1..<envelope.params.upperBound - 1
        guard let signal = text.withUnsafeBytes({ JSONText.unescape(content, in: $0) }) else { return .control }
        self.scratch = ByteBuffer(bytes: signal)
        return self.judged(0..<signal.count, self.scratch, isInScratch: true)
    }

    private static let tailStart = Array(#","id":""#.utf8)

    /// Everything but a message of the room.
    @inline(never)
    private mutating func other(
        _ event: MQTTEvent, _ bytes: ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound {
        switch event {
        case .connected(let isResumed):
            if let forbidden = self.forbiddenByServer { throw forbidden }
            guard self.subscribe(now: now, into: &out) else {
                throw DialectError(code: .forbidden, message: "the broker takes no SUBSCRIBE of this length")
            }
            return isResumed ? .resumed : .control
        case .subscribed(let packetID): return self.subscribed(packetID, now: now, into: &out)
        case .message(let delivery):
            let topic = self.session?.topic(of: delivery, in: bytes) ?? []
            if let member = self.topics?.member(of: topic) {
                guard member != self.member else { return .control }
                return delivery.payload.isEmpty ? .peerLeft(PeerID(bytes: member)) : .peerJoined(PeerID(bytes: member))
            }
            return try self.signal(delivery.payload, bytes)
        case .sent(let id): return .sent(id)
        case .acked(let id): return id == .max ? .control : .acked(id)
        case .refused(_, let reason):
            let cure = Self.cure(of: reason).map { "; \($0)" } ?? ""
            return .refused(Refusal(code: "\(reason.rawValue)", message: "\(reason)\(cure)", subject: .send))
        case .closed(let reason):
            let words = self.session?.reasonText ?? ""
            let said =
                (words.isEmpty ? "\(reason)" : "\(reason): \(words)") + (Self.cure(of: reason).map { "; \($0)" } ?? "")
            return .closed(.closed(code: UInt16(reason.rawValue), reason: said))
        case .unsubscribed, .control: return .control
        }
    }

    private mutating func subscribed(_ packetID: UInt16, now: Instant, into out: inout Outbox) -> Inbound {
        guard case .subscribing(packetID) = self.state else { return .control }
        if let failed = self.session?.granted.first(where: { $0.isFailure }) {
            self.state = .left
            let cure = Self.cure(of: failed).map { "; \($0)" } ?? ""
            return .refused(Refusal(code: "\(failed.rawValue)", message: "SUBACK: \(failed)\(cure)", subject: .join))
        }
        self.state = .joined
        if let least = self.session?.granted.map(\.rawValue).min(), least < self.settings.qos.rawValue {
            self.notices.append(
                Refusal(
                    code: "\(least)",
                    message:
                        "SUBACK granted QoS \(least) where \(self.settings.qos.rawValue) was asked for: messages come at "
                        + "that; set backend.qos to what the broker grants", subject: .other))
        }
        if self.settings.presence == .retained { self.showPresence(Array("online".utf8), now: now, into: &out) }
        return .joined(confirmed: true)
    }

    /// What the server's CONNACK says that the settings cannot live with.
    private var forbiddenByServer: DialectError? {
        guard let session = self.session else { return nil }
        let asked = self.settings.qos.rawValue
        if session.maxQoS.rawValue < asked {
            let most = session.maxQoS.rawValue
            return DialectError(
                code: .forbidden,
                message:
                    "CONNACK: the broker allows QoS \(most) at most, and \(asked) is asked for; set backend.qos to \(most)"
            )
        }
        guard self.settings.presence == .retained else { return nil }
        if !session.isRetainAvailable {
            return DialectError(
                code: .forbidden,
                message: "CONNACK: the broker retains no messages, and backend.presence asks for it; set it to none")
        }
        if !session.areWildcardsAvailable {
            return DialectError(
                code: .forbidden,
                message: "CONNACK: the broker allows no wildcards, and backend.presence needs one; set it to none")
        }
        return nil
    }

    /// A message that was in the room before anybody of this run: said once by each agent that gets one.
    @inline(never)
    private mutating func tellOfRetained() {
        guard !self.hasToldOfRetained else { return }
        self.hasToldOfRetained = true
        self.notices.append(
            Refusal(
                code: "retained", message: "a retained message of an earlier time lies in the room's topic",
                subject: .other))
    }

    /// The option that may help against a reason.
    private static func cure(of reason: MQTTReason) -> String? {
        switch reason.rawValue {
        case 0x85, 2: "set backend.clientPrefix to what the broker wants identifiers to begin with"
        case 0x86, 4: "set backend.user and backend.password"
        case 0x87, 5, 0x80:
            "set backend.user and backend.password, or backend.topicPrefix and backend.clientPrefix where an access list asks"
        case 0x9A: "set backend.presence to none"
        case 0x9B: "set backend.qos to what the broker supports"
        default: nil
        }
    }
}
