import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

@testable import Backends

/// Rooms on a real broker: whatever their names, none hears another.
@Suite(.enabled(if: Lane.isSerial, "the broker is another program"), .timeLimit(.minutes(2)))
struct MQTTIsolationTests {
    /// Room names that are pairwise distinct, as bytes: the dangerous ones, and random Unicode.
    private static func names(_ count: Int, seed: UInt64) -> [String] {
        var generator = SplitMix64(seed: seed)
        var names = [
            "+", "#", "a/+", "a/#", "/", "//", "a/b", "a//b", "$SYS", "$share/g/r", "%2B", "%", "..", "a", "A", "\u{0}",
            "e\u{301}", "é", "\u{FEFF}r", "r", "r ", "会議室", "👩‍👩‍👧", "\u{85}", "\u{FFFF}",
        ]
        var seen = Set(names.map { Array($0.utf8) })
        while names.count < count {
            var name = ""
            for _ in 0...generator.uniform(below: 8) {
                let bound: UInt64 = [0x80, 0x800, 0x1_0000, 0x11_0000][generator.uniform(below: 4)]
                if let scalar = Unicode.Scalar(UInt32(generator.uniform(below: bound))) {
                    name.unicodeScalars.append(scalar)
                }
            }
            if !name.isEmpty, seen.insert(Array(name.utf8)).inserted { names.append(name) }
        }
        return names
    }

    @Test(arguments: ["broadcast", "inbox", "milkcocoa"], [UInt64(11)])
    func `five hundred rooms of any name stay apart`(layout: String, seed: UInt64) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { group.shutdownGracefully { _ in } }
        let names = Self.names(500, seed: seed)
        try await Broker.with(.mosquitto) { broker in
            let settings = BackendSettings(
                id: "mqtt5", url: try BackendURL.parse(broker.url()), options: ["layout": layout])
            var members: [LiveMember] = []
            for name in names { members.append(try await .join(name, settings, on: group.next())) }
            for (index, member) in members.enumerated() {
                let id = try await member.id
                // From somebody else, so that the member's own filter lets its echo through.
                let signal = #"{"type":"call","from":"other-\#(id)","room":\#(index)}"#
                #expect(try await member.send(signal) == .written)
            }
            let limit = ContinuousClock.now + .seconds(20)
            for (index, member) in members.enumerated() {
                while try await member.received.isEmpty {
                    try #require(ContinuousClock.now < limit, "room \(index) heard nothing")
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            // Everybody's echo has come, so whatever had leaked would be here, too, or behind one further round.
            for member in members { try await member.send(#"{"type":"bye","from":"other"}"#) }
            for (index, member) in members.enumerated() {
                while try await member.received.count < 2 {
                    try #require(ContinuousClock.now < limit, "room \(index) heard one message only")
                    try await Task.sleep(for: .milliseconds(5))
                }
                let heard = try await member.received
                #expect(heard.count == 2, "room \(index) \(names[index].debugDescription)")
                #expect(heard[0].text.hasSuffix("\"room\":\(index)}"))
            }
            for member in members { try await member.close() }
        }
    }
}
