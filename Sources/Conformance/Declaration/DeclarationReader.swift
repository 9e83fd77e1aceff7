import Backends
import Signaling
import Yams

/// Reads a declaration file: JSON (or YAML, of which JSON is a part) with strict keys.
package struct DeclarationReader {
    private let file: String
    private var problems: [String] = []
    private var declaration = Declaration(backend: "")

    /// Every mistake of a file.
    package struct Failure: Error, Equatable {
        /// One line for each, as `file:line:column: error: …`.
        package var lines: [String]
    }

    private init(file: String) { self.file = file }

    /// Reads a declaration.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name, for messages.
    /// - Returns: the declaration.
    /// - Throws: ``Failure`` with every mistake at once.
    package static func read(_ text: String, file: String) throws(Failure) -> Declaration {
        var reader = DeclarationReader(file: file)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Failure(lines: ["\(file): error: \(error)"])
        } catch {
            throw Failure(lines: ["\(file): error: \(error)"])
        }
        guard let mapping = root?.mapping else {
            throw Failure(lines: [
                "\(file):1:1: error: a declaration is an object {\"backend\": …, \"capabilities\": {…}}"
            ])
        }
        reader.top(mapping)
        if !reader.problems.isEmpty { throw Failure(lines: reader.problems) }
        return reader.declaration
    }

    private mutating func top(_ mapping: Node.Mapping) {
        let keys = ["backend", "version", "adapter", "capabilities"]
        for (key, value) in mapping {
            switch key.string {
            case "backend": self.declaration.backend = self.word(value, "backend")
            case "version": self.declaration.version = self.word(value, "version")
            case "adapter": self.declaration.adapter = self.word(value, "adapter")
            case "capabilities":
                guard let capabilities = value.mapping else {
                    self.complain(value, "capabilities must be an object")
                    continue
                }
                self.read(capabilities, below: "")
            default: self.unknown(key, among: keys, in: "a declaration")
            }
        }
        if self.declaration.backend.isEmpty, self.problems.isEmpty {
            self.problems.append("\(self.file):1:1: error: backend is missing: give the backend a name")
        }
    }

    private mutating func word(_ node: Node, _ key: String) -> String {
        guard let text = node.string, !text.isEmpty else {
            self.complain(node, "\(key) must be a text")
            return ""
        }
        return text
    }

    private mutating func read(_ mapping: Node.Mapping, below prefix: String) {
        for (key, value) in mapping {
            let path = prefix + (key.string ?? "")
            if let entry = DeclarationSchema.entry(path) {
                self.take(value, for: entry)
            } else if DeclarationSchema.all.contains(where: { $0.key.hasPrefix(path + ".") }) {
                guard let nested = value.mapping else {
                    self.complain(value, "\(path) must be an object")
                    continue
                }
                self.read(nested, below: path + ".")
            } else {
                self.unknown(key, among: DeclarationSchema.all.map(\.key), in: "capabilities", path: path)
            }
        }
    }

    private mutating func take(_ node: Node, for entry: DeclarationSchema.Entry) {
        if node.null != nil, node.string == nil || node.tag.description.hasSuffix("null") { return }
        let value: DeclaredValue? =
            switch entry.kind {
            case .flag: node.bool.map(DeclaredValue.flag)
            case .number: node.int.flatMap { $0 >= 0 ? .number($0) : nil }
            case .text: node.string.map(DeclaredValue.text)
            case .oneOf(let words): node.string.flatMap { words.contains($0) ? .text($0) : nil }
            case .texts: node.sequence.map { DeclaredValue.list($0.compactMap(\.string)) }
            case .list(let words):
                node.sequence.flatMap { items in
                    let texts = items.compactMap(\.string)
                    return texts.allSatisfy(words.contains) && texts.count == items.count ? .list(texts) : nil
                }
            }
        guard let value else { return self.complain(node, "\(entry.key) must be \(Self.wanted(entry.kind))") }
        self.declaration[entry.key] = value
    }

    private static func wanted(_ kind: DeclarationSchema.Kind) -> String {
        switch kind {
        case .flag: "true or false"
        case .number: "a whole number, not negative"
        case .text: "a text"
        case .texts: "a list of texts"
        case .oneOf(let words): words.joined(separator: " or ")
        case .list(let words): "a list of \(words.joined(separator: ", "))"
        }
    }

    private mutating func unknown(_ key: Node, among keys: [String], in place: String, path: String? = nil) {
        let word = path ?? key.string ?? ""
        let guess = Spelling.nearest(to: word, among: keys).map { " (did you mean \($0)?)" } ?? ""
        self.complain(key, "there is no key '\(word)' in \(place)\(guess)")
    }

    private mutating func complain(_ node: Node, _ text: String) {
        let mark = node.mark.map { "\($0.line):\($0.column)" } ?? "1:1"
        self.problems.append("\(self.file):\(mark): error: \(text)")
    }
}

/// The vocabulary of declarations: every key there is, and what it may be.
package enum DeclarationSchema {
    /// What a value may be; all but lists may also be `null`, which leaves the capability unspecified.
    package enum Kind: Equatable, Sendable {
        case flag
        case number
        case text
        case oneOf([String])
        case list(of: [String])
        case texts
    }

    package struct Entry: Equatable, Sendable {
        package var key: String
        package var kind: Kind
        package var meaning: String
    }

    /// The entry of a key; nil when there is no such key.
    package static func entry(_ key: String) -> Entry? { self.all.first { $0.key == key } }

    /// Every key, nested keys joined by dots.
    package static let all: [Entry] = [
        Entry(key: "identity.assign", kind: .oneOf(["server", "client"]), meaning: "who gives a member its id"),
        Entry(key: "identity.anonymous", kind: .flag, meaning: "whether one may connect without credentials"),
        Entry(
            key: "identity.stability", kind: .oneOf(["connection", "session", "account"]),
            meaning: "how long an id stays with its member"),
        Entry(key: "identity.fromAuthority", kind: .oneOf(["server", "client"]), meaning: "who fills in from"),
        Entry(
            key: "identity.duplicateId", kind: .oneOf(["takeover", "reject", "coexist"]),
            meaning: "what becomes of a second member of the same id"),
        Entry(key: "room.multi", kind: .flag, meaning: "whether a member may be in several rooms"),
        Entry(
            key: "room.normalisation", kind: .oneOf(["none", "nfc"]), meaning: "what is done to room names"),
        Entry(key: "room.case", kind: .oneOf(["sensitive", "insensitive"]), meaning: "whether a and A are two rooms"),
        Entry(key: "room.emptyName", kind: .oneOf(["reject", "default"]), meaning: "what the empty name means"),
        Entry(key: "room.maxNameBytes", kind: .number, meaning: "greatest room name in bytes of UTF-8"),
        Entry(key: "room.illegal", kind: .texts, meaning: "characters that a room name may not have"),
        Entry(key: "room.escape", kind: .flag, meaning: "whether the dialect escapes room names"),
        Entry(key: "selfEcho", kind: .flag, meaning: "whether a sender gets its own room-wide messages"),
        Entry(
            key: "delivery", kind: .oneOf(["at-most-once", "at-least-once", "exactly-once"]),
            meaning: "how often a message arrives"),
        Entry(key: "ack", kind: .oneOf(["none", "accepted", "delivered"]), meaning: "what a sender learns"),
        Entry(
            key: "order", kind: .oneOf(["none", "fifo", "causal", "total"]), meaning: "what receivers agree on"),
        Entry(key: "crossRoomOrder", kind: .flag, meaning: "whether order holds across rooms"),
        Entry(key: "history", kind: .oneOf(["none", "last", "all"]), meaning: "what a late joiner gets"),
        Entry(
            key: "directed", kind: .oneOf(["broadcast", "routed", "both"]), meaning: "how a message with sendto goes"),
        Entry(key: "unknownTarget", kind: .oneOf(["drop", "error"]), meaning: "what becomes of a message for nobody"),
        Entry(key: "payload", kind: .oneOf(["json", "text", "bytes"]), meaning: "what a message may be"),
        Entry(key: "numbers", kind: .oneOf(["double", "verbatim"]), meaning: "what becomes of numbers"),
        Entry(key: "maxMessageBytes", kind: .number, meaning: "greatest message in bytes"),
        Entry(key: "oversize", kind: .oneOf(["error", "close", "drop"]), meaning: "what becomes of a greater one"),
        Entry(key: "presence.join", kind: .flag, meaning: "whether members learn who joined"),
        Entry(
            key: "presence.leave", kind: .oneOf(["none", "bye", "server"]), meaning: "who tells that a member left"),
        Entry(key: "presence.detectMs", kind: .number, meaning: "when a vanished member is noticed at the latest"),
        Entry(key: "heartbeat.by", kind: .oneOf(["server", "client"]), meaning: "who pings"),
        Entry(key: "heartbeat.intervalMs", kind: .number, meaning: "time between two pings"),
        Entry(key: "heartbeat.timeoutMs", kind: .number, meaning: "how long an answer may take"),
        Entry(key: "resume.windowMs", kind: .number, meaning: "how long a lost session can be resumed"),
        Entry(key: "durability", kind: .oneOf(["none", "restart"]), meaning: "what survives a restart"),
        Entry(
            key: "slowConsumer", kind: .oneOf(["disconnect", "dropOldest", "dropNewest", "block"]),
            meaning: "what becomes of a member that does not read"),
        Entry(key: "rateLimit.perSec", kind: .number, meaning: "messages a second that one member may send"),
        Entry(key: "limits.members", kind: .number, meaning: "members of a room"),
        Entry(key: "limits.rooms", kind: .number, meaning: "rooms of a member"),
        Entry(key: "limits.connections", kind: .number, meaning: "connections of the backend"),
        Entry(key: "leave", kind: .flag, meaning: "whether one can leave a room and stay connected"),
        Entry(key: "will", kind: .flag, meaning: "whether a member can leave a last message with the backend"),
        Entry(key: "handshakeTimeoutMs", kind: .number, meaning: "how long a connection may stay silent"),
        Entry(key: "auth.required", kind: .flag, meaning: "whether credentials are needed"),
        Entry(key: "auth.acl", kind: .oneOf(["none", "room"]), meaning: "what credentials are checked against"),
        Entry(key: "origin", kind: .oneOf(["any", "list"]), meaning: "which origins browsers may come from"),
        Entry(key: "wildcardSubscribe", kind: .flag, meaning: "whether a client may subscribe to patterns"),
        Entry(
            key: "transports", kind: .list(of: ["ws", "polling", "tcp"]), meaning: "how the backend can be reached"),
    ]
}
