import Backends
import Foundation
import NIOCore
import Testing

@testable import Harness
@testable import Workload

/// Recordings of the call that the program carries, which real browsers made.
struct CallRecorderTests {
    private static let envelopes: [String] = [
        #"{"op":"message","room":"r","data":SIGNAL}"#, #"42["message",SIGNAL]"#, #"["3","4","r","shout",{"x":SIGNAL}]"#,
        "SIGNAL",
    ]

    private static let handshake = """
        GET /relay HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n
        """

    /// The text of each message, with its time and its sender.
    private static func messages() throws -> [(at: Int64, from: String, text: String)] {
        let file = try JSONSerialization.jsonObject(with: Data(PackageResources.chromium_mesh4_json.utf8))
        let messages = try #require((file as? [String: Any])?["messages"] as? [[String: Any]])
        return try messages.map { entry in
            let message = try #require(entry["message"] as? [String: Any])
            let data = try JSONSerialization.data(withJSONObject: message)
            return (
                Int64((try #require(entry["t_ms"] as? Double) * 1e6).rounded()),
                try #require(message["from"] as? String), String(decoding: data, as: UTF8.self)
            )
        }
    }

    private static func frame(_ text: String) -> ByteBuffer {
        var bytes = ByteBuffer()
        let mask: [UInt8] = [1, 2, 3, 4]
        let payload = Array(text.utf8)
        bytes.writeInteger(UInt8(0x81))
        bytes.writeInteger(UInt8(0x80 | min(payload.count, 126)))
        if payload.count >= 126 { bytes.writeInteger(UInt16(payload.count)) }
        bytes.writeBytes(mask)
        bytes.writeBytes(payload.enumerated().map { $1 ^ mask[$0 % 4] })
        return bytes
    }

    /// The call, recorded, with its bytes in pieces of a size.
    private static func recorded(envelope: String, piece: Int) throws -> CallRecorder {
        var recorder = CallRecorder(seed: 7)
        var connections: [String: Int] = [:]
        for (at, from, text) in try self.messages() {
            var bytes = ByteBuffer()
            if connections[from] == nil {
                connections[from] = connections.count
                bytes.writeString(self.handshake)
            }
            bytes.writeImmutableBuffer(self.frame(envelope.replacing("SIGNAL", with: text)))
            while let part = bytes.readSlice(length: min(piece, max(1, bytes.readableBytes))) {
                _ = recorder.take(part, of: connections[from] ?? 0, at: 1_000_000_000 + at)
            }
        }
        return recorder
    }

    @Test(arguments: Self.envelopes)
    func `a recorded call has its messages, times and sizes, whatever its envelope`(envelope: String) throws {
        let recorder = try Self.recorded(envelope: envelope, piece: 1_000)
        #expect(recorder.unreadable == 0 && recorder.peers == 4)
        let original = RecordedCall.chromium
        let copy = try JSONDecoder().decode(RecordedCall.self, from: JSONEncoder().encode(recorder.file))
        #expect(copy.messages.count == original.messages.count)
        // Peers are named in the order of their first words: A, C, D, B.
        let names = ["A": "A", "C": "B", "D": "C", "B": "D"]
        for (old, new) in zip(original.messages, copy.messages) {
            #expect(new.milliseconds == old.milliseconds)
            #expect(new.message.type == old.message.type && new.message.from == names[old.message.from])
            #expect(new.message.sendto == old.message.sendto.flatMap { names[$0] })
            let (before, after) = (old.message.sdp ?? "", new.message.sdp ?? "")
            #expect(abs(before.utf8.count - after.utf8.count) <= before.count / 100, "\(before)\n\(after)")
            #expect(
                before.split(separator: "\r\n").map { $0.prefix(4) }
                    == after.split(separator: "\r\n").map { $0.prefix(4) })
        }
    }

    @Test func `a recording holds no secret, id, address or port of the call`() throws {
        let text = try String(
            decoding: JSONEncoder().encode(Self.recorded(envelope: "SIGNAL", piece: 64).file), as: UTF8.self)
        var secrets: Set<String> = []
        for (_, _, message) in try Self.messages() {
            for match in message.matches(
                of: #/(?:ice-ufrag|ice-pwd|fingerprint:sha-256|cname|msid|WMS|ufrag|IP4|a=ssrc|o=-)[: ]([^ \\"]{4,})/#)
            where match.1 != "0.0.0.0" { secrets.insert(String(match.1)) }
            for match in message.matches(of: #/(?:udp|tcp) \d+ ([0-9a-f.:]+) (\d{5}) /#) {
                secrets.insert(String(match.2))
            }
        }
        #expect(secrets.count > 40)
        let plain = text.replacing("\\/", with: "/")
        let words = Set(plain.split { " \\\":".contains($0) }.map(String.init))
        // The recording's addresses are those of documentation already, and become others of the same range.
        for secret in secrets where !secret.hasPrefix("198.51.100.") && !secret.hasPrefix("2001:db8:") {
            // Five digits of a port may stand within a longer number.
            #expect(secret.count < 8 ? !words.contains(secret) : !plain.contains(secret), "\(secret)")
        }
    }

    @Test func `an offer and its candidates still belong together`() throws {
        let entries = try Self.recorded(envelope: "SIGNAL", piece: 4_096).entries
        var fragments: Set<String> = []
        for entry in entries {
            if let sdp = entry.message.sdp, let match = sdp.firstMatch(of: #/a=ice-ufrag:(\S+)/#) {
                fragments.insert(String(match.1))
            }
            if let candidate = entry.message.candidate, let match = candidate.firstMatch(of: #/ufrag (\S+)/#) {
                #expect(fragments.contains(String(match.1)), "\(candidate)")
            }
        }
        #expect(fragments.count == 12)
    }

    @Test func `compression is not offered on, and a stream that is no WebSocket is counted and passed`() {
        var recorder = CallRecorder(seed: 1)
        let passed = recorder.take(ByteBuffer(string: Self.handshake), of: 1, at: 0)
        #expect(passed.readableBytes == Self.handshake.utf8.count)
        #expect(!String(buffer: passed).contains("permessage-deflate"))
        let junk = ByteBuffer(string: "no frame at all, not masked either")
        for _ in 0..<2 {
            let passedOn = recorder.take(junk, of: 1, at: 0)
            #expect(passedOn == junk && recorder.unreadable == 1)
        }
    }

    @Test func `identities become others of their kind, with real addresses and names of mDNS`() {
        var removal = IdentityRemoval(seed: 3)
        let candidate = "candidate:842163049 1 udp 1677729535 81.2.69.142 46154 typ srflx raddr 192.168.1.7 rport 46154"
        let new = removal.candidate(candidate)
        #expect(new.contains("198.51.100.2 ") && new.contains("raddr 198.51.100.3 "))
        #expect(!new.contains("46154") && !new.contains("842163049") && new.contains(" 1677729535 "))
        #expect(
            new.wholeMatch(of: #/candidate:\d{9} 1 udp 1677729535 \S+ (\d{5}) typ srflx raddr \S+ rport \1/#) != nil,
            "\(new)")
        let local = removal.candidate(
            "candidate:1 1 udp 2122 3f2504e0-4f89-11d3-9a0c-0305e82c3301.local 50000 typ host")
        #expect(local.contains(#/ [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.local /#))
        #expect(!local.contains("3f2504e0"))
        let sdp = removal.description(
            "v=0\r\no=alice 123 1 IN IP4 10.0.0.5\r\ns=Alice's call\r\ni=private\r\ne=a@example.com\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
        )
        for word in ["alice", "Alice", "10.0.0.5", "private", "example.com"] { #expect(!sdp.contains(word), "\(word)") }
        #expect(sdp.hasSuffix("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"))
    }

    @Test func `a mapping finds the fields of a foreign protocol, and a call without one is empty`() throws {
        let mapping = try RecordMapping(
            Data(
                """
                {"type": ["desc.type", "kind"], "from": "sender.id", "to": "target", "sdp": "desc.sdp",
                 "candidate": "ice.candidate", "sdpMid": "ice.sdpMid", "sdpMLineIndex": "ice.sdpMLineIndex",
                 "types": {"call": ["join", "hello"], "candidate": "ice"}}
                """.utf8))
        let texts = [
            #"{"kind":"hello","sender":{"id":17}}"#,
            #"{"event":"x","payload":{"desc":{"type":"offer","sdp":"v=0\r\na=ice-ufrag:secret12\r\n"},"sender":{"id":17},"target":"bob"}}"#,
            #"{"kind":"ice","sender":{"id":"bob"},"target":17,"ice":{"candidate":"candidate:123456 1 udp 9 10.9.8.7 50001 typ host","sdpMid":"0","sdpMLineIndex":0}}"#,
            #"{"kind":"chat","sender":{"id":17},"text":"not a signal"}"#,
        ]
        func file(_ mapping: RecordMapping) throws -> (CallRecorder.File, String) {
            var recorder = CallRecorder(seed: 5, mapping: mapping)
            for (place, text) in texts.enumerated() {
                var bytes = ByteBuffer()
                if place == 0 { bytes.writeString(Self.handshake) }
                bytes.writeImmutableBuffer(Self.frame(text))
                _ = recorder.take(bytes, of: 1, at: Int64(place) * 1_000_000 + 7)
            }
            return (recorder.file, String(decoding: try JSONEncoder().encode(recorder.file), as: UTF8.self))
        }
        let (mapped, text) = try file(mapping)
        #expect(mapped.messages.map(\.message.type) == ["call", "offer", "candidate"])
        #expect(mapped.messages.map(\.message.from) == ["A", "A", "B"])
        #expect(mapped.messages.map(\.message.sendto) == [nil, "B", "A"])
        #expect(mapped.messages[2].message.sdpMid == "0" && mapped.messages[2].message.sdpMLineIndex == 0)
        #expect(mapped.peers.map(\.name) == ["A", "B"] && mapped.peers[0].milliseconds == 0)
        for secret in ["bob", "17", "secret12", "10.9.8.7", "50001", "123456", "not a signal"] {
            #expect(!text.contains(secret), "\(secret) in \(text)")
        }
        #expect(try file(RecordMapping()).0.messages.isEmpty)
        let byConnection = try RecordMapping(Data(#"{"type": ["desc.type", "kind"], "from": null}"#.utf8))
        #expect(try file(byConnection).0.messages.map(\.message.from) == ["A"])
    }

    @Test(arguments: [
        ("[]", "a mapping is an object"), (#"{"typ": "kind"}"#, "there is no field 'typ' (did you mean 'type'?)"),
        (#"{"type": 3}"#, "type is a path"), (#"{"types": {"ofer": "x"}}"#, "there is no type 'ofer'"),
        (#"{"types": {"offer": 1}}"#, "types.offer is a word"),
    ])
    func `a mistake in a mapping is said`(text: String, words: String) {
        #expect { try RecordMapping(Data(text.utf8)) } throws: { "\($0)".contains(words) }
    }
}
