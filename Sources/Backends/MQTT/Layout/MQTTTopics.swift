import NIOCore
import Signaling

/// The topics of one member in one room.
struct MQTTTopics: Sendable {
    /// What room-wide messages go to.
    let room: [UInt8]
    /// What directed messages to this member come by; nil when they come by the room's.
    let inbox: [UInt8]?
    /// What the ids of members are appended to for directed messages; nil when they go to the room.
    private let others: [UInt8]?
    /// What the ids of members are appended to for retained presence.
    let presence: [UInt8]

    /// - Parameters:
    ///   - layout: the layout of the backend.
    ///   - app: the first level in Milkcocoa's layout.
    ///   - prefix: what every topic begins with; ends with a slash, or is empty.
    ///   - room: the room's name, as the plan has it.
    ///   - member: this member's id.
    init(_ layout: MQTTLayout, app: String, prefix: [UInt8] = [], room: [UInt8], member: [UInt8]) {
        let name = MQTTTopicName.escaped(room)
        let base = prefix + Array("sig/".utf8) + name
        self.presence = base + Array("/presence/".utf8)
        switch layout {
        case .broadcast:
            self.room = base
            self.inbox = nil
            self.others = nil
        case .inbox:
            let others = base + Array("/to/".utf8)
            self.room = base + Array("/all".utf8)
            self.inbox = others + MQTTTopicName.escaped(member)
            self.others = others
        case .milkcocoa:
            self.room =
                prefix + MQTTTopicName.escaped(app.utf8) + Array("/signaling/".utf8) + name + Array("/push".utf8)
            self.inbox = nil
            self.others = nil
        }
    }

    /// What a message for one member goes to.
    func topic(to member: [UInt8]) -> [UInt8] {
        self.others.map { $0 + MQTTTopicName.escaped(member) } ?? self.room
    }

    /// The member whose presence a topic tells; nil for any other topic.
    func member(of topic: [UInt8]) -> [UInt8]? {
        guard topic.starts(with: self.presence) else { return nil }
        return MQTTTopicName.unescaped(topic[self.presence.count...])
    }

    /// Whether every topic has a length that MQTT can say.
    var isSayable: Bool { self.presence.count + 200 < Int(UInt16.max) && self.room.count < Int(UInt16.max) }
}

/// Names of rooms and members as one level of a topic.
enum MQTTTopicName {
    /// Escapes a name so that no two names share a topic and none can widen a subscription.
    ///
    /// The bytes of `+`, `#`, `/`, `$`, `%`, NUL, of control characters and of `DEL` become `%XX` with upper-case digits;
    /// everything else stays ([MQTT-4.7.1-1], [MQTT-4.7.3-2]). Unicode's own controls U+0080 to U+009F, which a server may
    /// refuse ([MQTT-1.5.4-2]), and non-characters are escaped, too; and so are `*` and `>`, which mean nothing to MQTT but
    /// are wildcards of a NATS server's subjects, and of its MQTT gateway's topics with them (measured with 2.15).
    static func escaped(_ name: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for scalar in String(decoding: Array(name), as: UTF8.self).unicodeScalars {
            let utf8 = Array(String(scalar).utf8)
            if self.isPlain(scalar) {
                out += utf8
            } else {
                for byte in utf8 { out += [UInt8(ascii: "%"), self.digit(byte >> 4), self.digit(byte & 15)] }
            }
        }
        return out
    }

    /// The name that an escaped one stands for.
    static func unescaped(_ text: some Sequence<UInt8>) -> [UInt8] { PercentEncoding.decoded(text) }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "+", "#", "/", "$", "%", "*", ">", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": false
        default: scalar.value & 0xFFFE != 0xFFFE && !(0xFDD0...0xFDEF).contains(scalar.value)
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}

/// How a room is laid out in topics; `MQTTLayouts` in the documentation has the whole of it.
enum MQTTLayout: String, CaseIterable, Sendable {
    /// Everything of a room by one topic, `sig/<room>`: the seed's way.
    case broadcast
    /// Room-wide messages by `sig/<room>/all`, directed ones by `sig/<room>/to/<member>`.
    case inbox
    /// `<app>/signaling/<room>/push`, in the JSON of Milkcocoa's MQTT era.
    case milkcocoa
}

/// What Milkcocoa's MQTT era put around a value: `{"params":…,"id":…,"ts":…,"r":…}` (`milkcocoa.md` §2.2).
struct MilkcocoaEnvelope {
    /// Where the value is, relative to the envelope; a JSON string has its quotes.
    var params: Range<Int>
    /// Whether the value is a string that holds the JSON, as SDKs of 2015 wrote it.
    var isString: Bool

    /// How many bytes ``tail(of:_:)`` has.
    static let tailLength = 44

    /// Reads one, whatever the order of its keys.
    ///
    /// - Throws: ``JSONError`` when it is no JSON object with `params`.
    init?(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var walker = JSONWalker(text)
        var found: JSONWalker.Value?
        try walker.enterObject()
        while let member = try walker.next() {
            if found == nil, text[member.key].elementsEqual("params".utf8) { found = member.value }
        }
        try walker.finish()
        guard let found else { return nil }
        self.params = found.range
        self.isString = found.isString
    }

    /// What follows the value when we write it: of one length, so that a receiver finds the value's end at once.
    ///
    /// - Parameters:
    ///   - member: whose message it is.
    ///   - request: its number.
    /// - Returns: ``tailLength`` bytes.
    static func tail(of member: [UInt8], _ request: UInt64) -> [UInt8] {
        let id = Self.digits(FNV1a.hash(member), 8) + Self.digits(request, 7)
        // Request numbers go round from 10,000 to 12,287: five digits, within the SDK's 2 to 12,287.
        return Array(#","id":""#.utf8) + id + Array(#"","ts":null,"r":"#.utf8)
            + Array(String(10_000 + request % 2_288).utf8) + Array("}".utf8)
    }

    private static func digits(_ value: UInt64, _ count: Int) -> [UInt8] {
        let all = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        var rest = value
        var out: [UInt8] = []
        for _ in 0..<count {
            out.append(all[Int(rest % 36)])
            rest /= 36
        }
        return out.reversed()
    }
}
