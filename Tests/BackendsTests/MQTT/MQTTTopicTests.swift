import Signaling
import Testing

@testable import Backends

struct MQTTTopicTests {
    @Test(arguments: [
        ("room", "room"), ("+", "%2B"), ("#", "%23"), ("a/b", "a%2Fb"), ("$SYS", "%24SYS"), ("50%", "50%25"),
        ("\u{0}", "%00"), ("会議室", "会議室"), ("\u{FFFE}", "%EF%BF%BE"), ("\u{85}", "%C2%85"), ("", ""),
    ])
    func `a name is escaped where it could widen a subscription`(name: String, topic: String) {
        #expect(MQTTTopicName.escaped(name.utf8) == Array(topic.utf8))
        #expect(MQTTTopicName.unescaped(topic.utf8) == Array(name.utf8))
    }

    @Test func `no two names share a topic`() {
        var generator = SplitMix64(seed: 4)
        var seen: [[UInt8]: String] = [:]
        for _ in 0..<10_000 {
            var name = ""
            for _ in 0...generator.uniform(below: 6) {
                let range = [0x10, 0x80, 0x3000, 0x11_0000][generator.uniform(below: 4)]
                if let scalar = Unicode.Scalar(UInt32(generator.uniform(below: range))) {
                    name.unicodeScalars.append(scalar)
                }
            }
            let topic = MQTTTopicName.escaped(name.utf8)
            #expect(!topic.contains { Array("+#/$".utf8).contains($0) || $0 == 0 })
            if let other = seen.updateValue(name, forKey: topic) { #expect(other.utf8.elementsEqual(name.utf8)) }
            #expect(MQTTTopicName.unescaped(topic) == Array(name.utf8))
        }
    }

    @Test(arguments: [
        (MQTTLayout.broadcast, "sig/r%2B", nil, "sig/r%2B"),
        (.inbox, "sig/r%2B/all", "sig/r%2B/to/me", "sig/r%2B/to/you"),
        (.milkcocoa, "app/signaling/r%2B/push", nil, "app/signaling/r%2B/push"),
    ])
    func `a layout has the documented topics`(layout: MQTTLayout, room: String, inbox: String?, direct: String) {
        let topics = MQTTTopics(layout, app: "app", room: Array("r+".utf8), member: Array("me".utf8))
        #expect(topics.room == Array(room.utf8))
        #expect(topics.inbox == inbox.map { Array($0.utf8) })
        #expect(topics.topic(to: Array("you".utf8)) == Array(direct.utf8))
    }

    @Test func `what follows a value in Milkcocoa's layout has one length and is JSON`() throws {
        for request: UInt64 in [0, 1, 2_287, 2_288, .max] {
            let tail = MilkcocoaEnvelope.tail(of: Array("somebody".utf8), request)
            #expect(tail.count == MilkcocoaEnvelope.tailLength)
            let text = Array(#"{"params":{"a":1}"#.utf8) + tail
            let envelope = try #require(try text.withUnsafeBytes { try MilkcocoaEnvelope($0) })
            #expect(Array(text[envelope.params]) == Array(#"{"a":1}"#.utf8))
        }
    }
}
