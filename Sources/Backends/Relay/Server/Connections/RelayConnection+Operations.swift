import NIOCore
import Signaling

// What a client asks for.
extension RelayConnection {
    /// Takes one text of the client; `text` is the only reference to its bytes, so that it can become a frame in place.
    func take(_ text: inout ByteBuffer, at now: NIODeadline) {
        if let membership = self.memberships.first(where: { Self.isMessage(text, of: $0) }) {
            let skip = membership.prefix.count
            let data = text.readerIndex + skip..<text.writerIndex - 1
            self.publish(&text, data: data, isWhole: true, in: membership, at: now)
            return
        }
        let start = text.readerIndex
        let result = text.withUnsafeReadableBytes { bytes -> Result<RelayFields, JSONError> in
            do throws(JSONError) {
                return .success(try RelayFields(bytes, at: start))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .failure(let error): self.refuse(.badMessage, error.message)
        case .success(let fields): self.perform(fields, &text, at: now)
        }
    }

    /// Whether a text is a message of that room in the form that our own clients write.
    private static func isMessage(_ text: ByteBuffer, of membership: RelayMembership) -> Bool {
        let skip = membership.prefix.count
        guard text.readableBytes > skip + 1 else { return false }
        return text.withUnsafeReadableBytes { bytes in
            guard bytes[bytes.count - 1] == UInt8(ascii: "}"),
                bytes[..<skip].elementsEqual(membership.prefix)
            else { return false }
            var walker = JSONWalker(UnsafeRawBufferPointer(rebasing: bytes[skip..<bytes.count - 1]))
            guard (try? walker.value()) != nil, (try? walker.finish()) != nil else { return false }
            return true
        }
    }

    private func perform(_ fields: RelayFields, _ text: inout ByteBuffer, at now: NIODeadline) {
        guard let operation = fields.operation else {
            self.refuse(.badMessage, "op is missing, no string, or unknown")
            return
        }
        switch operation {
        case .join, .leave, .message: break
        case .welcome, .joined, .left, .peerJoined, .peerLeft, .error:
            self.refuse(.badMessage, "'\(operation.rawValue)' is for the server to say")
            return
        }
        guard let room = fields.room else {
            self.refuse(.badMessage, "room is missing or no string")
            return
        }
        if operation == .join {
            self.join(room, at: now)
            return
        }
        guard let index = self.memberships.firstIndex(where: { $0.name == room }) else {
            self.refuse(.notJoined, "you are not in that room", room: room)
            return
        }
        if operation == .leave {
            let membership = self.memberships.remove(at: index)
            guard let member else { return }
            membership.home.run { $0.hub.leave(member, room, at: now) }
            return
        }
        guard let data = fields.data else {
            self.refuse(.badMessage, "data is missing", room: room)
            return
        }
        self.publish(&text, data: data, isWhole: false, in: self.memberships[index], at: now)
    }

    private func join(_ room: [UInt8], at now: NIODeadline) {
        let limit = self.home.options.maxRoomNameBytes
        guard !room.isEmpty, room.count <= limit else {
            self.refuse(.badRoom, "a room's name has 1 to \(limit) bytes")
            return
        }
        let home = self.home.home(of: room)
        if !self.memberships.contains(where: { $0.name == room }) {
            guard self.memberships.count < self.home.options.maxRooms else {
                self.refuse(.tooManyRooms, "you are in \(self.home.options.maxRooms) rooms already", room: room)
                return
            }
            self.memberships.append(
                RelayMembership(name: room, prefix: RelayText.messagePrefix(room: room), home: home))
        }
        guard let member else { return }
        home.run { $0.hub.join(member, room, at: now) }
    }

    /// Passes a signal on to its room.
    ///
    /// - Parameters:
    ///   - text: the client's text.
    ///   - data: where its signal is, in indices of the buffer; known to be JSON.
    ///   - isWhole: whether the text is already what the receivers are to read.
    ///   - membership: the room.
    ///   - now: when it was received.
    private func publish(
        _ text: inout ByteBuffer, data: Range<Int>, isWhole: Bool, in membership: RelayMembership, at now: NIODeadline
    ) {
        guard let member else { return }
        var target: UInt64?
        var stamped: [UInt8]?
        if self.home.mode == .routed {
            let stamp = text.withUnsafeReadableBytes { bytes in
                let offset = bytes.startIndex - text.readerIndex
                return RelayStamp(
                    UnsafeRawBufferPointer(rebasing: bytes[data.lowerBound + offset..<data.upperBound + offset]),
                    from: member.idText)
            }
            switch stamp.target {
            case .room: break
            case .member(let id): target = id
            case .nobody:
                self.refuse(.unknownTarget, "nobody else in the room has that id", room: membership.name)
                return
            case .invalid(let why):
                self.refuse(.badMessage, why, room: membership.name)
                return
            }
            stamped = stamp.text
        }
        if let stamped {
            text = Self.message(membership.prefix, stamped.count) { _ = $0.writeBytes(stamped) }
        } else if !isWhole {
            let signal = text.getSlice(at: data.lowerBound, length: data.count) ?? ByteBuffer()
            text = Self.message(membership.prefix, data.count) { _ = $0.writeImmutableBuffer(signal) }
        }
        WebSocketFraming.makeServerFrame(.text, &text)
        self.home.tally.messages += 1
        self.home.tally.framesEncoded += 1
        let frame = text
        let addressee = target
        membership.home.run { $0.hub.publish(frame, by: member, to: addressee, in: membership.name, at: now) }
    }

    /// A message in our own form, with room in front for its header.
    private static func message(
        _ prefix: [UInt8], _ length: Int, _ data: (inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        var text = ByteBufferAllocator().buffer(capacity: WebSocketFraming.headroom + prefix.count + length + 1)
        text.moveWriterIndex(to: WebSocketFraming.headroom)
        text.moveReaderIndex(to: WebSocketFraming.headroom)
        text.writeBytes(prefix)
        data(&text)
        text.writeInteger(UInt8(ascii: "}"))
        return text
    }
}
