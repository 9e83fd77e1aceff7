package import NIOCore

/// What a dialect asks of HTTP.
///
/// A connection that is kept alive carries the agent's requests, one at a time, so that their order holds. A second one
/// listens: to server-sent events, or by long polls that follow one another. A dialect says by its outbox what is to be
/// asked (``Outbox/request(_:path:fields:body:tag:)``, ``Outbox/listen(_:path:fields:)``), and reads each message that it
/// gets as an ``HTTPIncoming``.
package struct HTTPPlan: Equatable, Sendable {
    /// The greatest event, or body of an answer, that is accepted from the backend, in bytes.
    package var maxMessageBytes: Int
    /// Nanoseconds that the server may be silent on a stream of events, comments not counted; nil for as long as it likes.
    package var silence: Int64?

    package init(maxMessageBytes: Int = 16 << 20, silence: Int64? = nil) {
        self.maxMessageBytes = maxMessageBytes
        self.silence = silence
    }
}

/// How a server's own news are listened for.
package enum HTTPListening: UInt8, Equatable, Sendable {
    /// Server-sent events (WHATWG HTML §9.2).
    case events
    /// One GET after another, each answered when there is something; it repeats the validators of the last answer
    /// (RFC 9110 §13.1), by which servers such as nchan know what came last.
    case polls
}

/// What the HTTP carrier is to do; one message of an outbox.
enum HTTPOutgoing: Equatable {
    case request(String, path: String, fields: [HTTPField], body: ByteBuffer, tag: UInt32)
    case listen(HTTPListening, path: String, fields: [HTTPField])

    /// One field of a request's head.
    struct HTTPField: Equatable {
        var name: String
        var value: String
    }

    private static let listening: UInt8 = 0xFF

    /// - Parameter message: whole; nil comes of one that was not written as follows.
    init?(_ message: ByteBuffer) {
        var rest = message
        guard let kind = rest.readInteger(as: UInt8.self) else { return nil }
        if kind == Self.listening {
            guard let how = rest.readInteger(as: UInt8.self).flatMap(HTTPListening.init(rawValue:)),
                let path = rest.readText(), let fields = rest.readFields()
            else { return nil }
            self = .listen(how, path: path, fields: fields)
        } else {
            guard let tag = rest.readInteger(as: UInt32.self), let method = rest.readText(length: Int(kind)),
                let path = rest.readText(), let fields = rest.readFields()
            else { return nil }
            self = .request(method, path: path, fields: fields, body: rest.slice(), tag: tag)
        }
    }

    /// Writes it where ``init(_:)`` reads it.
    func write(to out: inout ByteBuffer) {
        switch self {
        case .request(let method, let path, let fields, let body, let tag):
            out.writeInteger(UInt8(truncatingIfNeeded: method.utf8.count))
            out.writeInteger(tag)
            out.writeString(method)
            out.writeText(path)
            out.write(fields)
            out.writeImmutableBuffer(body)
        case .listen(let how, let path, let fields):
            out.writeInteger(Self.listening)
            out.writeInteger(how.rawValue)
            out.writeText(path)
            out.write(fields)
        }
    }
}

extension Outbox {
    /// Appends a request, which is sent when the one before is answered.
    ///
    /// - Parameters:
    ///   - method: such as `POST`.
    ///   - path: with its query.
    ///   - fields: beside those that every request has.
    ///   - body: empty for none.
    ///   - tag: comes back with the answer.
    package mutating func request(
        _ method: String, path: String, fields: [(String, String)] = [], body: ByteBuffer = ByteBuffer(),
        tag: UInt32 = 0
    ) {
        self.append(.request(method, path: path, fields: Self.named(fields), body: body, tag: tag))
    }

    /// Appends the wish to listen, in place of what is listened to.
    ///
    /// - Parameters:
    ///   - how: what the server offers there.
    ///   - path: with its query.
    ///   - fields: beside those that every request has, such as `Last-Event-ID`.
    package mutating func listen(_ how: HTTPListening, path: String, fields: [(String, String)] = []) {
        self.append(.listen(how, path: path, fields: Self.named(fields)))
    }

    private static func named(_ fields: [(String, String)]) -> [HTTPOutgoing.HTTPField] {
        fields.map { HTTPOutgoing.HTTPField(name: $0.0, value: $0.1) }
    }

    private mutating func append(_ message: HTTPOutgoing) {
        var bytes = ByteBuffer()
        message.write(to: &bytes)
        self.raw(bytes)
    }
}

/// What the HTTP carrier has to tell; one message to a dialect, whose rest is the content.
package enum HTTPIncoming: Equatable, Sendable {
    /// The server has agreed to send events: from now on nothing is missed. Nobody agrees to polls.
    case listening
    /// An event, whose data follows; the answer to a poll is an event of type `message` without an id.
    case event(type: String, id: String)
    /// The answer to a request, whose body follows.
    ///
    /// The refusal is empty for a status of 2xx; else it says the status, `Retry-After` and 200 characters of the body.
    case answer(tag: UInt32, status: Int, refusal: String)

    /// Takes the head off a message.
    ///
    /// - Throws: ``DialectError`` for a message that does not come from this carrier.
    package init(_ message: inout ByteBuffer) throws(DialectError) {
        switch message.readInteger(as: UInt8.self) {
        case 0: self = .listening
        case 1:
            guard let type = message.readText(), let id = message.readText() else { throw Self.foreign }
            self = .event(type: type, id: id)
        case 2:
            guard let tag = message.readInteger(as: UInt32.self), let status = message.readInteger(as: UInt16.self),
                let refusal = message.readText()
            else { throw Self.foreign }
            self = .answer(tag: tag, status: Int(status), refusal: refusal)
        default: throw Self.foreign
        }
    }

    private static let foreign = DialectError(
        code: .malformed, message: "a message that the HTTP carrier did not write")

    /// Writes a whole message.
    func message(_ content: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        var out = ByteBufferAllocator().buffer(capacity: content.readableBytes + 64)
        switch self {
        case .listening: out.writeInteger(0 as UInt8)
        case .event(let type, let id):
            out.writeInteger(1 as UInt8)
            out.writeText(type)
            out.writeText(id)
        case .answer(let tag, let status, let refusal):
            out.writeInteger(2 as UInt8)
            out.writeInteger(tag)
            out.writeInteger(UInt16(clamping: status))
            out.writeText(refusal)
        }
        out.writeImmutableBuffer(content)
        return out
    }
}

extension ByteBuffer {
    fileprivate mutating func writeText(_ text: String) {
        self.writeInteger(UInt32(clamping: text.utf8.count))
        self.writeString(text)
    }

    fileprivate mutating func readText() -> String? {
        self.readInteger(as: UInt32.self).flatMap { self.readText(length: Int($0)) }
    }

    fileprivate mutating func readText(length: Int) -> String? { self.readString(length: length) }

    fileprivate mutating func write(_ fields: [HTTPOutgoing.HTTPField]) {
        self.writeInteger(UInt8(clamping: fields.count))
        for field in fields.prefix(Int(UInt8.max)) {
            self.writeText(field.name)
            self.writeText(field.value)
        }
    }

    fileprivate mutating func readFields() -> [HTTPOutgoing.HTTPField]? {
        guard let count = self.readInteger(as: UInt8.self) else { return nil }
        var fields: [HTTPOutgoing.HTTPField] = []
        for _ in 0..<count {
            guard let name = self.readText(), let value = self.readText() else { return nil }
            fields.append(HTTPOutgoing.HTTPField(name: name, value: value))
        }
        return fields
    }
}
