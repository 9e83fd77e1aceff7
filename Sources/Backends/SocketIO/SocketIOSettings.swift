import NIOCore
import Signaling

/// The options of a Socket.IO backend, read.
struct SocketIOSettings: Sendable {
    let version: EngineIOPlan.Version
    let transport: EngineIOPlan.Transport
    /// Request target of Engine.IO's requests, without what Engine.IO itself says in the query.
    let path: String
    /// With its slash; empty for the default namespace.
    let namespace: [UInt8]
    /// The payload of CONNECT: a JSON object; empty for none.
    let auth: [UInt8]
    /// Event that asks to be let into a room.
    let join: String
    /// Arguments of that event.
    let joinArguments: SocketIOTemplate
    /// Event that carries a signal, both ways.
    let message: String
    /// Arguments of that event.
    let messageArguments: SocketIOTemplate
    /// Event that carries a signal for one member, where the server has its own for that; empty where it has not.
    let direct: String
    /// Event of each type of signal that has one of its own.
    let typed: [SignalKind: String]
    /// Event that tells who left.
    let left: String
    /// Field of a signal that the server routes by.
    let to: String
    /// Field of a signal that the server writes the sender's id into.
    let from: String
    /// Where a received event has its signal.
    let signalPlace: SocketIOPlace

    /// - Throws: ``BackendError`` for a value that means nothing.
    init(_ settings: BackendSettings) throws(BackendError) {
        let options = OptionReader(settings.options)
        self.version = try options.integer("engine", default: 4, in: 3...4) == 3 ? .v3 : .v4
        self.transport = options.text("transport").flatMap(EngineIOPlan.Transport.init) ?? .webSocket
        let place = Self.place(settings.url, options)
        self.path = settings.url.target(
            place.path,
            adding: try PairList.parse("query", options.text("query") ?? "")
                .map { PercentEncoding.encoded($0.name) + "=" + PercentEncoding.encoded($0.value) })
        self.namespace = Array(place.namespace.utf8)
        self.auth = Array((options.text("auth") ?? "").utf8)
        if !self.auth.isEmpty, !Self.isJSON(self.auth, .object) {
            throw BackendError(
                code: .badValue, message: #"auth: write a JSON object, such as {"token": "abc"}"#)
        }
        self.join = options.text("events.join") ?? "enter"
        self.joinArguments = try SocketIOTemplate("args.join", options.nonEmpty("args.join") ?? #"["{room}"]"#)
        self.message = options.text("events.message") ?? "message"
        self.messageArguments = try SocketIOTemplate(
            "args.message", options.nonEmpty("args.message") ?? #"["{signal}"]"#)
        self.direct = options.text("events.direct") ?? ""
        var typed: [SignalKind: String] = [:]
        for kind in SignalKind.allCases { typed[kind] = options.nonEmpty("events.\(kind.name)") }
        self.typed = typed
        self.left = options.text("events.left") ?? "user disconnected"
        self.to = options.text("fields.to") ?? "sendto"
        self.from = options.text("fields.from") ?? "from"
        self.signalPlace = try SocketIOPlace(options.nonEmpty("signalAt") ?? "0")
    }

    /// Path of Engine.IO and namespace: a URL's path is a namespace, as in the clients of Socket.IO, unless it is, or leads
    /// to, the folder of Engine.IO.
    private static func place(_ url: BackendURL, _ options: OptionReader) -> (path: String, namespace: String) {
        var path = options.nonEmpty("path") ?? "/socket.io/"
        var namespace = url.pathAlone == "/" ? "" : url.pathAlone
        if namespace.hasSuffix("/socket.io") || namespace.hasSuffix("/socket.io/") {
            path = namespace.hasSuffix("/") ? namespace : namespace + "/"
            namespace = ""
        }
        if let named = options.nonEmpty("namespace") { namespace = named == "/" ? "" : named }
        if !namespace.isEmpty, !namespace.hasPrefix("/") { namespace = "/" + namespace }
        return (path, namespace)
    }

    /// Whether some text is exactly one JSON value of a kind.
    static func isJSON(_ text: [UInt8], _ kind: JSONWalker.Value.Kind) -> Bool {
        text.withUnsafeBytes { bytes in
            var walker = JSONWalker(bytes)
            guard let value = try? walker.value(), value.kind == kind else { return false }
            return (try? walker.finish()) != nil
        }
    }

    // MARK: Packets

    /// `40`, `41` and their like: Engine.IO's digit, a type, the namespace where it is not the default one.
    func packet(_ type: UInt8) -> [UInt8] {
        [EngineIOPacketType.message.rawValue, type]
            + (self.namespace.isEmpty ? [] : self.namespace + [UInt8(ascii: ",")])
    }

    /// `2["<event>",`, in a namespace, with an acknowledgement id where one is wanted.
    func head(of event: String, id: Int? = nil) -> [UInt8] {
        var out = Array(self.packet(SocketIOPacket.Kind.event.rawValue).dropFirst())
        out += Array("\(id.map(String.init) ?? "")[\"".utf8)
        JSONText.appendEscaped(Array(event.utf8), to: &out)
        return out + Array("\",".utf8)
    }

    /// The events that signals come by.
    var signalEvents: Set<String> {
        Set([self.message] + (self.direct.isEmpty ? [] : [self.direct]) + self.typed.values)
    }
}

/// Arguments of an event with places for what changes: `{room}`, `{signal}`, `{signalText}`, `{to}`, `{id}`.
struct SocketIOTemplate: Equatable, Sendable {
    enum Piece: Equatable, Sendable {
        case text([UInt8])
        /// The room's name, as a JSON string.
        case room
        /// The signal's JSON object.
        case signal
        /// The signal's JSON as a JSON string.
        case signalText
        /// The id of the member that the signal is for, as a JSON string; null for a signal for the room.
        case target
        /// The agent's own id, as a JSON string.
        case id
    }

    private(set) var pieces: [Piece] = []

    /// Whether it is the signal and nothing else.
    var isPlainSignal: Bool { self.pieces == [.signal] }

    private static let places: [(String, Piece)] = [
        (#""{room}""#, .room), (#""{signal}""#, .signal), (#""{signalText}""#, .signalText), (#""{to}""#, .target),
        (#""{id}""#, .id),
    ]

    /// Reads a JSON array whose strings `"{room}"` and so on stand for values.
    ///
    /// - Throws: ``BackendError`` for anything else.
    init(_ option: String, _ text: String) throws(BackendError) {
        let bytes = Array(text.utf8)
        guard SocketIOSettings.isJSON(bytes, .array) else {
            throw BackendError(
                code: .badValue,
                message: "\(option): '\(text)' is no JSON array, such as [\"{room}\", {\"sdp\": \"{signal}\"}]")
        }
        let inner = text.drop { $0 != "[" }.dropFirst()
        guard let end = inner.lastIndex(of: "]") else { return }
        var rest = inner[..<end]
        while !rest.isEmpty {
            let found = Self.places.compactMap { place in
                rest.firstRange(of: place.0).map { (range: $0, piece: place.1) }
            }
            guard let next = found.min(by: { $0.range.lowerBound < $1.range.lowerBound }) else { break }
            let literal = rest[..<next.range.lowerBound]
            if !literal.isEmpty { self.pieces.append(.text(Array(literal.utf8))) }
            self.pieces.append(next.piece)
            rest = rest[next.range.upperBound...]
        }
        if !rest.isEmpty { self.pieces.append(.text(Array(rest.utf8))) }
    }

    /// The arguments, without the brackets around them.
    func filled(room: [UInt8], signal: [UInt8], to target: Target, id: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        func string(_ bytes: [UInt8]) {
            out.append(UInt8(ascii: "\""))
            JSONText.appendEscaped(bytes, to: &out)
            out.append(UInt8(ascii: "\""))
        }
        for piece in self.pieces {
            switch piece {
            case .text(let text): out += text
            case .room: string(room)
            case .signal: out += signal
            case .signalText: string(signal)
            case .target:
                if case .peer(let peer) = target { string(peer.bytes) } else { out += Array("null".utf8) }
            case .id: string(id)
            }
        }
        return out
    }
}

/// Where in an event's arguments something is: the argument's number, then keys, between dots (`1.sdp`).
struct SocketIOPlace: Equatable, Sendable {
    let argument: Int
    let keys: [[UInt8]]

    /// Whether the signal is the first argument, and nothing around it.
    var isFirstArgument: Bool { self.argument == 0 && self.keys.isEmpty }

    /// - Throws: ``BackendError`` for text that begins with no number.
    init(_ text: String) throws(BackendError) {
        let parts = text.split(separator: ".").map(String.init)
        guard let first = parts.first, let argument = Int(first), (0...15).contains(argument) else {
            throw BackendError(
                code: .badValue, message: "signalAt: '\(text)' is not the number of an argument and keys, such as 1.sdp"
            )
        }
        self.argument = argument
        self.keys = parts.dropFirst().map { Array($0.utf8) }
    }

    /// The value there; nil where nothing is.
    func value(
        in arguments: [JSONWalker.Value], of json: UnsafeRawBufferPointer
    ) -> JSONWalker.Value? {
        guard self.argument < arguments.count else { return nil }
        var value = arguments[self.argument]
        for key in self.keys {
            let start = value.range.lowerBound
            guard value.kind == .object,
                let member = Self.member(key, in: UnsafeRawBufferPointer(rebasing: json[value.range]))
            else { return nil }
            value = member
            value.range = start + member.range.lowerBound..<start + member.range.upperBound
        }
        return value
    }

    private static func member(_ key: [UInt8], in object: UnsafeRawBufferPointer) -> JSONWalker.Value? {
        var walker = JSONWalker(object)
        guard (try? walker.enterObject()) != nil else { return nil }
        while let member = try? walker.next() {
            if object[member.key].elementsEqual(key) { return member.value }
        }
        return nil
    }
}
