package import NIOCore
package import Signaling

extension BaasDialect {
    package mutating func next(
        _ bytes: inout ByteBuffer, now: Instant, into out: inout Outbox
    ) throws(DialectError) -> Inbound? {
        guard bytes.readableBytes > 0 else { return nil }
        let whole = bytes
        bytes.moveReaderIndex(to: bytes.writerIndex)
        switch try self.engine.take(whole, now: now, into: &out) {
        case .message(let range):
            if let event = self.expectedSignal(range, whole) { return event }
            return try self.packet(range, whole)
        case .opened, .control: return .control
        case .closed: return .closed(.closed(code: 1000, reason: "Engine.IO close"))
        }
    }

    /// The hot path: an event of the room's store in the form that the emulator writes, its value last.
    @inline(__always)
    private func expectedSignal(_ range: Range<Int>, _ bytes: ByteBuffer) -> Inbound? {
        guard self.state == .joined || self.state == .joining, range.count > self.head.count + 12,
            SignalReader.has(self.head, at: range.lowerBound, in: bytes)
        else { return nil }
        var at = range.lowerBound + self.head.count
        if self.settings.verb == .push {
            // An id of the emulator's or of the SDK's: fifteen characters.
            guard SignalReader.has(Self.idHead, at: at, in: bytes) else { return nil }
            at += Self.idHead.count + BaasIDs.length
            guard SignalReader.has(Self.idTail, at: at, in: bytes) else { return nil }
            at += Self.idTail.count
        } else {
            guard SignalReader.has(Self.valueHead, at: at, in: bytes) else { return nil }
            at += Self.valueHead.count
        }
        guard range.upperBound - at > 3, SignalReader.has(Self.end, at: range.upperBound - 2, in: bytes) else {
            return nil
        }
        let signal = at..<range.upperBound - 2
        guard let head = SignalReader.head(of: signal, in: bytes, selfID: self.ownID) else { return nil }
        guard case .mine = head.verdict else { return .overheard(head) }
        guard head.tag != nil || SignalReader.isSound(signal, in: bytes) else { return nil }
        return .signal(head, body: signal)
    }

    private static let idHead = Array(#""id":""#.utf8)
    private static let idTail = Array(#"","value":"#.utf8)
    private static let valueHead = Array(#""value":"#.utf8)
    private static let end = Array("}]".utf8)

    /// Any other packet.
    private mutating func packet(_ range: Range<Int>, _ bytes: ByteBuffer) throws(DialectError) -> Inbound {
        var message = bytes
        message.moveReaderIndex(to: range.lowerBound)
        let text = message.readBytes(length: range.count) ?? []
        guard let packet = text.withUnsafeBytes({ SocketIOPacket($0) }) else {
            throw DialectError(code: .malformed, message: "the BaaS sent no packet of Socket.IO")
        }
        switch packet.kind {
        case .connect, .ack: return .control
        case .disconnect: return .closed(.closed(code: 1000, reason: "Socket.IO disconnect"))
        case .connectError: return .closed(.denied("the BaaS refused the connection"))
        case .binaryEvent, .binaryAck:
            throw DialectError(code: .unexpected, message: "the BaaS sent binary attachments, which nobody asked for")
        case .event: return self.event(packet.data, text, at: range.lowerBound, bytes)
        }
    }

    private mutating func event(_ data: Range<Int>, _ text: [UInt8], at base: Int, _ bytes: ByteBuffer) -> Inbound {
        let found = text.withUnsafeBytes { all -> (name: [UInt8], argument: Range<Int>)? in
            let json = UnsafeRawBufferPointer(rebasing: all[data])
            guard UTF8Validator.isValid(json), let event = try? SocketIOEvent(json),
                let argument = event.arguments.first, argument.kind == .object
            else { return nil }
            return (
                event.name, data.lowerBound + argument.range.lowerBound..<data.lowerBound + argument.range.upperBound
            )
        }
        guard let found else { return .control }
        switch String(decoding: found.name, as: UTF8.self) {
        case "init":
            guard case .opening = self.state else { return .control }
            self.state = .connected
            return .welcomed(PeerID(bytes: self.ownID))
        case "a":
            let members = BaasJSON.members(Array(text[found.argument])) ?? []
            let callback = members.first { $0.key == Array("callback_id".utf8) }?.value
            guard self.state == .joining, callback == Array("0".utf8) else { return .control }
            // Nothing is stored under a room's own name: `null` is what a join finds, an object with `err` that it failed.
            let docs = members.first { $0.key == Array("docs".utf8) }.flatMap { BaasJSON.members($0.value) } ?? []
            if let error = docs.first(where: { $0.key == Array("err".utf8) })?.value, error != Array("null".utf8) {
                self.state = .connected
                return .refused(
                    Refusal(code: "refused", message: String(decoding: error, as: UTF8.self), subject: .join))
            }
            self.state = .joined
            return .joined(confirmed: true)
        case "b" where self.settings.verb == .push, "e" where self.settings.verb == .send:
            return self.signal(found.argument, text, at: base, bytes)
        default: return .control
        }
    }

    /// A signal wherever it stands in its event.
    private func signal(_ argument: Range<Int>, _ text: [UInt8], at base: Int, _ bytes: ByteBuffer) -> Inbound {
        let value = text.withUnsafeBytes { all -> Range<Int>? in
            let object = UnsafeRawBufferPointer(rebasing: all[argument])
            var walker = JSONWalker(object)
            guard (try? walker.enterObject()) != nil else { return nil }
            while let member = try? walker.next() {
                guard object[member.key].elementsEqual("value".utf8), member.value.kind == .object else { continue }
                return argument.lowerBound + member.value.range.lowerBound..<argument.lowerBound
                    + member.value.range.upperBound
            }
            return nil
        }
        guard let value else { return .control }
        let signal = base + value.lowerBound..<base + value.upperBound
        guard let head = SignalReader.head(of: signal, in: bytes, selfID: self.ownID) else { return .control }
        if case .mine = head.verdict { return .signal(head, body: signal) }
        return .overheard(head)
    }
}
