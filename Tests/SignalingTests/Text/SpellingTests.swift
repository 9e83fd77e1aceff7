import Testing

@testable import Signaling

struct SpellingTests {
    @Test(
        arguments: [
            ("agnets", ["agents", "rooms"], "agents"), ("Agents", ["agents"], "agents"), ("xyz", ["agents"], nil),
            ("szie", ["size", "sizes"], "size"), ("q", ["qos"], nil), ("", ["relay"], nil),
            ("realy", ["relay", "baas"], "relay"), ("relay-routd", ["relay", "relay-routed"], "relay-routed"),
            ("RELAY", ["relay"], "relay"), ("zookeeper", ["relay", "baas", "socketio"], nil),
            ("fanout.latncy.p99", ["fanout.latency.p99", "deliveries.lost"], "fanout.latency.p99"),
            ("deliverys.lost", ["fanout.latency.p99", "deliveries.lost"], "deliveries.lost"),
        ] as [(String, [String], String?)])
    func `the nearest name is suggested if it is near`(word: String, among: [String], expected: String?) {
        #expect(Spelling.nearest(to: word, among: among) == expected)
    }

    @Test(arguments: [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "", 3), ("kitten", "sitting", 3)])
    func `edits are counted`(a: String, b: String, distance: Int) {
        #expect(Spelling.edits(from: Array(a.utf8), to: Array(b.utf8)) == distance)
        #expect(Spelling.edits(from: Array(b.utf8), to: Array(a.utf8)) == distance)
    }
}
