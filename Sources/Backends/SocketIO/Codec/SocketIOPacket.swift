import Signaling

/// The head of a Socket.IO packet: type, namespace, acknowledgement id, and where the rest is.
///
/// `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`; the same in revisions 3 to 5 of the protocol.
/// Source: https://github.com/socketio/socket.io-protocol, section "Packet encoding".
struct SocketIOPacket: Equatable, Sendable {
    enum Kind: UInt8, CaseIterable, Sendable {
        case connect = 0x30
        case disconnect
        case event
        case ack
        case connectError
        case binaryEvent
        case binaryAck
    }

    var kind: Kind
    /// Binary packets that follow, of the binary kinds.
    var attachments = 0
    /// Offsets of the namespace with its slash; empty for the default one.
    var namespace: Range<Int>
    var id: UInt64?
    /// Offsets of the JSON; empty when there is none.
    var data: Range<Int>

    /// Reads the head of a packet; nil for what is no packet.
    ///
    /// - Parameter text: the packet, without Engine.IO's digit; offsets count from its start.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let first = text.first, let kind = Kind(rawValue: first) else { return nil }
        self.kind = kind
        var at = 1
        if kind == .binaryEvent || kind == .binaryAck {
            guard let count = Self.digits(text, &at), at < text.count, text[at] == UInt8(ascii: "-"), count < 1_000
            else {
                return nil
            }
            self.attachments = Int(count)
            at += 1
        }
        self.namespace = at..<at
        if at < text.count, text[at] == UInt8(ascii: "/") {
            let end = text[at...].firstIndex(of: UInt8(ascii: ",")) ?? text.count
            self.namespace = at..<end
            at = min(end + 1, text.count)
            // `/` is the long form of the default namespace.
            if self.namespace.count == 1 { self.namespace = at..<at }
        }
        let start = at
        let number = Self.digits(text, &at)
        if let number {
            self.id = number
        } else if at > start {
            return nil
        }
        self.data = at..<text.count
    }

    /// Reads a decimal number of at most eighteen digits.
    private static func digits(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> UInt64? {
        var value: UInt64 = 0
        let start = at
        while at < text.count, (0x30...0x39).contains(text[at]) {
            guard at - start < 18 else { return nil }
            value = value * 10 + UInt64(text[at] - 0x30)
            at += 1
        }
        return at > start ? value : nil
    }
}

/// The payload of an EVENT: a JSON array whose first element is the event's name.
///
/// Source: https://github.com/socketio/socket.io-protocol, section "EVENT".
struct SocketIOEvent: Equatable {
    /// The name's UTF-8, unescaped.
    var name: [UInt8]
    /// The arguments, as offsets of the text that was read; at most ``maxArguments`` of them.
    var arguments: [JSONWalker.Value] = []

    private static let maxArguments = 16

    /// Reads a whole payload.
    ///
    /// - Throws: ``JSONError`` when it is no array that begins with a string.
    init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var walker = JSONWalker(text)
        try walker.enterArray()
        guard let first = try walker.nextElement(), first.isString,
            let name = JSONText.unescape(first.content, in: text)
        else { throw .malformed }
        self.name = name
        while let argument = try walker.nextElement() {
            if self.arguments.count < Self.maxArguments { self.arguments.append(argument) }
        }
        try walker.finish()
    }
}
