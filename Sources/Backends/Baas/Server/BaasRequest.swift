import Signaling

/// What a client asks for by one event of W1.
struct BaasRequest {
    enum Verb: String {
        case on
        case off
        case push
        case send
        case set
        case unset
        case get
        case findMany = "fm"
        case signUp = "signup"
        case currentUser = "getcurrentuser"
    }

    var verb: Verb
    /// Normalised.
    var path: [UInt8] = []
    /// What `on` and `off` are about.
    var event: [UInt8] = []
    var id: [UInt8]?
    /// JSON text.
    var value: [UInt8]?
    var query: [UInt8] = []
    var option: [UInt8] = []
    var email: [UInt8] = []
    var secret: [UInt8] = []
    /// JSON text by which an answer is asked for.
    var callback: [UInt8]?
    /// Whether it has a path that is too long or begins with a zero byte, so that it can only be refused.
    var isMisplaced = false

    /// Reads the argument of an event.
    ///
    /// - Returns: nil when the event is unknown, or its argument no object.
    init?(_ name: [UInt8], _ argument: [UInt8]) {
        guard let verb = Verb(rawValue: String(decoding: name, as: UTF8.self)),
            let members = BaasJSON.members(argument)
        else { return nil }
        self.verb = verb
        for member in members {
            let value = member.value
            switch String(decoding: member.key, as: UTF8.self) {
            case "path":
                if let path = BaasJSON.content(value).flatMap(BaasPath.normalised), path.first != 0 {
                    self.path = path
                } else {
                    self.isMisplaced = true
                }
            case "event": self.event = BaasJSON.content(value) ?? []
            case "id": self.id = BaasJSON.content(value)
            case "value": self.value = value
            case "query": self.query = value
            case "option": self.option = value
            case "email": self.email = BaasJSON.content(value) ?? []
            case "secret": self.secret = BaasJSON.content(value) ?? []
            case "callback_id": self.callback = value
            default: break
            }
        }
    }

    /// Which of the published limits it counts to.
    var rate: BaasRate.Kind? {
        switch self.verb {
        case .send: .send
        case .unset: .remove
        case .get, .findMany: .read
        case .push, .set: .other
        case .on, .off, .signUp, .currentUser: nil
        }
    }
}

/// The events that the emulator sends, in the one form in which it writes them: fixed order, no spaces, the value last.
enum BaasText {
    /// `2["b",{"err":null,"path":"…","sys":{"path":"…"},` for the event of that letter.
    static func head(_ letter: Character, path: [UInt8]) -> [UInt8] {
        let path = JSONText.quoted(BaasPath.ofApp(path))
        return Array(#"2["\#(letter)",{"err":null,"path":"#.utf8) + path + Array(#","sys":{"path":"#.utf8) + path
            + Array("},".utf8)
    }

    /// The letter of an event that `on` can ask for.
    static func letter(_ event: [UInt8]) -> Character? {
        switch String(decoding: event, as: UTF8.self) {
        case "push": "b"
        case "set": "c"
        case "remove": "d"
        case "send": "e"
        default: nil
        }
    }

    /// An answer: `2["a",{"callback_id":…,"docs":…}]`.
    static func answer(_ callback: [UInt8], _ docs: [UInt8]) -> [UInt8] {
        Array(#"2["a",{"callback_id":"#.utf8) + callback + Array(#","docs":"#.utf8) + docs + Array("}]".utf8)
    }

    /// What a push, send, set or remove is answered with.
    static func done(path: [UInt8], id: [UInt8]?, value: [UInt8]?) -> [UInt8] {
        var out = Array(#"{"err":null,"path":"#.utf8) + JSONText.quoted(BaasPath.ofApp(path))
        if let id { out += Array(#","id":"#.utf8) + JSONText.quoted(id) }
        if let value { out += Array(#","value":"#.utf8) + value }
        return out + [UInt8(ascii: "}")]
    }

    static func failed(_ why: String) -> [UInt8] { Array(#"{"err":"\#(why)"}"#.utf8) }
}
