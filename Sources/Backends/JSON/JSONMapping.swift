import Signaling
import Synchronization

/// How a server that speaks JSON over WebSocket puts what signaling needs; the DocC article "Mapping a JSON protocol".
struct JSONMapping: Sendable {
    /// What a server can say.
    enum Event: String, CaseIterable, Sendable {
        case signal, welcome, joined, peerJoined, peerLeft, error, ping

        /// The values that a pattern may capture.
        var captures: [String] {
            switch self {
            case .signal: ["signal"]
            case .welcome, .joined, .peerJoined, .peerLeft: ["id"]
            case .error: ["code", "message"]
            case .ping: []
            }
        }
    }

    /// What an agent can say.
    enum Saying: String, CaseIterable, Sendable {
        case open, join, leave, message, direct, heartbeat, pong
    }

    struct Kind: Sendable {
        var event: Event
        var pattern: MappingPattern
        var text: String
        var line: Int
    }

    let file: String
    private(set) var path: String?
    private(set) var subprotocol: String?
    private(set) var heartbeat: Int64 = 0
    private(set) var templates: [Saying: MappingTemplate] = [:]
    private(set) var kinds: [Kind] = []
    private(set) var capabilities = DeclaredCapabilities.usual

    func kind(_ event: Event) -> Kind? { self.kinds.first { $0.event == event } }

    private static let known = Mutex<[String: JSONMapping]>([:])

    /// The mapping in a file, which is read once.
    ///
    /// - Parameter path: of the file, or the name of one in `Profiles/mappings`.
    /// - Returns: the mapping.
    /// - Throws: ``BackendError`` with every mistake, each with file, line and key.
    static func load(_ path: String) throws(BackendError) -> JSONMapping {
        if let known = self.known.withLock({ $0[path] }) { return known }
        let places =
            [path] + (path.contains("/") ? [] : ["Profiles/mappings/\(path).yaml", "Profiles/mappings/\(path)"])
        for place in places {
            guard let text = MappingReader.text(of: place) else { continue }
            let mapping = try JSONMapping(text, file: place)
            self.known.withLock { $0[path] = mapping }
            return mapping
        }
        throw BackendError(code: .badFile, message: "the mapping '\(path)' cannot be read")
    }

    /// - Throws: ``BackendError`` with every mistake, each with file, line and key.
    init(_ text: String, file: String) throws(BackendError) {
        self.file = file
        let reader = MappingReader(text)
        var mistakes = reader.mistakes
        var declared: [(name: String, value: String)] = []
        for entry in reader.entries {
            do throws(MappingPattern.Mistake) {
                try self.take(entry, &declared)
            } catch {
                mistakes.append((entry.line, entry.key, error.message))
            }
        }
        for key in ["send.join", "send.message", "receive.signal"]
        where !reader.entries.contains(where: { $0.key == key }) {
            mistakes.append((1, key, "it is missing"))
        }
        if let kind = self.kind(.signal), kind.pattern.captures["signal"] == nil {
            let line = kind.line
            mistakes.append((line, "receive.signal", "it has to say where the signal is: signal=/pointer"))
        }
        do throws(BackendError) {
            self.capabilities = try DeclaredCapabilities.read(declared)
            self.capabilities.joinConfirmed = self.kind(.joined) != nil
        } catch {
            let line = reader.entries.first { $0.key.hasPrefix("capabilities.") }?.line ?? 1
            mistakes.append((line, "capabilities", "\(error)"))
        }
        guard mistakes.isEmpty else {
            let lines = mistakes.sorted { $0.line < $1.line }.map { "\(file):\($0.line): \($0.key): \($0.message)" }
            throw BackendError(code: .badFile, message: lines.joined(separator: "\n"))
        }
        // The signal is what comes most.
        self.kinds.sort { $0.event == .signal && $1.event != .signal }
    }

    private mutating func take(
        _ entry: MappingReader.Entry, _ declared: inout [(name: String, value: String)]
    ) throws(MappingPattern.Mistake) {
        let steps = entry.key.split(separator: ".", maxSplits: 1).map(String.init)
        switch (steps[0], steps.count == 2 ? steps[1] : "") {
        case ("title", ""): break
        case ("path", ""): self.path = entry.text
        case ("subprotocol", ""): self.subprotocol = entry.text
        case ("heartbeat", ""):
            guard let interval = OptionReader.nanoseconds(entry.text), interval > 0 else {
                throw .init(message: "'\(entry.text)' is no duration such as 30s")
            }
            self.heartbeat = interval
        case ("capabilities", let name) where !name.isEmpty: declared.append((name, entry.text))
        case ("send", let name):
            guard let saying = Saying(rawValue: name) else {
                throw Self.unknown(entry.key, Saying.allCases.map { "send.\($0.rawValue)" })
            }
            self.templates[saying] = try MappingTemplate(entry.text)
        case ("receive", let name):
            guard let event = Event(rawValue: name) else {
                throw Self.unknown(entry.key, Event.allCases.map { "receive.\($0.rawValue)" })
            }
            let pattern = try MappingPattern(entry.text, captures: event.captures)
            self.kinds.append(Kind(event: event, pattern: pattern, text: entry.text, line: entry.line))
        default:
            throw Self.unknown(
                steps[0], ["title", "path", "subprotocol", "heartbeat", "send", "receive", "capabilities"])
        }
    }

    private static func unknown(_ key: String, _ known: [String]) -> MappingPattern.Mistake {
        let near = Spelling.nearest(to: key, among: known).map { " (did you mean \($0)?)" } ?? ""
        return MappingPattern.Mistake(message: "there is no such key\(near)")
    }
}
