import Signaling

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
