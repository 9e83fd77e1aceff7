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
    ///   - room: the room's name, as the plan has it.
    ///   - member: this member's id.
    init(_ layout: MQTTLayout, app: String, room: [UInt8], member: [UInt8]) {
        let name = MQTTTopicName.escaped(room)
        let base = Array("sig/".utf8) + name
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
            self.room = MQTTTopicName.escaped(app.utf8) + Array("/signaling/".utf8) + name + Array("/push".utf8)
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
