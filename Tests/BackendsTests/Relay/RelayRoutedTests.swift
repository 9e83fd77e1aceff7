import Backends
import NIOCore
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "its clients come over loopback"), .timeLimit(.minutes(2)))
struct RelayRoutedTests {
    /// Clients in one room, with their ids.
    private func members(
        _ count: Int, _ server: RunningServer, _ group: any EventLoopGroup
    ) async throws -> [(client: WireClient, id: String)] {
        var members: [(client: WireClient, id: String)] = []
        for _ in 0..<count {
            let client = try await WireClient.connect(server.url, id: "relay-routed", group: group)
            let id = try await client.welcome()
            let others = members.map { "\"\($0.id)\"" }.joined(separator: ",")
            let answer = try await client.join("r")
            // The order of the members is the server's affair.
            #expect(answer.hasPrefix(#"{"op":"joined","room":"r","members":["#))
            #expect(answer.utf8.count == #"{"op":"joined","room":"r","members":[]}"#.utf8.count + others.utf8.count)
            for member in members {
                #expect(answer.contains(member.id))
                #expect(try await member.client.text() == #"{"op":"peer-joined","room":"r","id":"\#(id)"}"#)
            }
            members.append((client, id))
        }
        return members
    }

    @Test(arguments: [1, 2])
    func `sendto decides who gets it, and nobody else does`(loops: Int) async throws {
        try await withRelay("relay-routed") {
            $0.loops = loops
        } _: { server, group in
            let members = try await self.members(3, server, group)
            let (a, b, c) = (members[0], members[1], members[2])
            let direct = #"{"op":"message","room":"r","data":{"from":"\#(a.id)","sendto":"\#(c.id)","n":1}}"#
            try await a.client.send(direct)
            #expect(try await c.client.text() == direct)
            let open = #"{"op":"message","room":"r","data":{"from":"\#(a.id)","n":2}}"#
            try await a.client.send(open)
            // The direct one came first; had b seen it, it would stand here.
            #expect(try await b.client.text() == open)
            #expect(try await c.client.text() == open)
        }
    }

    /// What a client says in `from`, and what the others read.
    static let stamps: [(said: String, read: String)] = [
        (#"{"type":"call"}"#, #"{"from":"ID","type":"call"}"#),
        (#"{}"#, #"{"from":"ID"}"#),
        (#"{"type":"call","from":"victim","n":1}"#, #"{"type":"call","from":"ID","n":1}"#),
        (#"{"from":"victim","a":1,"from":"victim"}"#, #"{"from":"ID","a":1}"#),
        (#"{"a":{"from":"x"},"\u0066rom":"victim"}"#, #"{"a":{"from":"x"},"from":"ID"}"#),
        (#"{"from":null , "a" : [1, 2] }"#, #"{"from":"ID","a" : [1, 2]}"#),
        (#"{"from":{"x":1},"from":3,"sendto":""}"#, #"{"from":"ID","sendto":""}"#),
        (#"{"from":"ID","a":1}"#, #"{"from":"ID","a":1}"#),
        (#"{"from":"ID","a":1,"from":"victim"}"#, #"{"from":"ID","a":1}"#),
        (#"{"sendto":null,"a":1}"#, #"{"from":"ID","sendto":null,"a":1}"#),
        (#"{"sendto":0.0,"a":1}"#, #"{"from":"ID","sendto":0.0,"a":1}"#),
    ]

    @Test func `from is the sender's own id, whatever it said`() async throws {
        try await withRelay("relay-routed") { server, group in
            let members = try await self.members(2, server, group)
            let id = members[0].id
            for stamp in Self.stamps {
                let said = stamp.said.replacing("ID", with: id)
                try await members[0].client.send(#"{"op":"message","room":"r","data":\#(said)}"#)
                let read = stamp.read.replacing("ID", with: id)
                #expect(try await members[1].client.text() == #"{"op":"message","room":"r","data":\#(read)}"#)
            }
        }
    }

    @Test(arguments: [
        (#""0123456789abcdef""#, "unknown-target"), (#""r""#, "unknown-target"), (#""nobody""#, "unknown-target"),
        (#""OWN""#, "unknown-target"), ("7", "bad-message"), ("true", "bad-message"), ("[]", "bad-message"),
        (#"{"id":1}"#, "bad-message"),
    ])
    func `a target that is no other member is refused and never broadcast`(sendto: String, code: String) async throws {
        try await withRelay("relay-routed") { server, group in
            let members = try await self.members(2, server, group)
            let value = sendto.replacing("OWN", with: members[0].id)
            try await members[0].client.send(#"{"op":"message","room":"r","data":{"sendto":\#(value)}}"#)
            let answer = try await members[0].client.text()
            #expect(answer.hasPrefix(#"{"op":"error","code":"\#(code)""#), "\(answer)")
            try await members[0].client.send(#"{"op":"message","room":"r","data":{}}"#)
            let next = try await members[1].client.text()
            #expect(next == #"{"op":"message","room":"r","data":{"from":"\#(members[0].id)"}}"#)
        }
    }

    @Test func `a member of another room is no target`() async throws {
        try await withRelay("relay-routed") { server, group in
            let members = try await self.members(1, server, group)
            let other = try await WireClient.connect(server.url, id: "relay-routed", group: group)
            let id = try await other.welcome()
            _ = try await other.join("elsewhere")
            try await members[0].client.send(#"{"op":"message","room":"r","data":{"sendto":"\#(id)"}}"#)
            #expect(try await members[0].client.text().hasPrefix(#"{"op":"error","code":"unknown-target""#))
        }
    }

    @Test func `data that is no object cannot be stamped and is refused`() async throws {
        try await withRelay("relay-routed") { server, group in
            let member = try await self.members(1, server, group)[0]
            for data in ["[]", "1", "null", #""text""#] {
                try await member.client.send(#"{"op":"message","room":"r","data":\#(data)}"#)
                #expect(try await member.client.text().hasPrefix(#"{"op":"error","code":"bad-message""#))
            }
        }
    }

    @Test func `everybody left behind is told who went, however it went, after its last message`() async throws {
        try await withRelay("relay-routed") {
            $0.delay = 50_000_000
        } _: { server, group in
            var members: [(client: WireClient, id: String)] = []
            for _ in 0..<4 {
                let client = try await WireClient.connect(server.url, id: "relay-routed", group: group)
                let id = try await client.welcome()
                _ = try await client.join("r")
                members.append((client, id))
            }
            let watcher = members[0].client
            for member in members[1...] {
                #expect(try await watcher.text() == #"{"op":"peer-joined","room":"r","id":"\#(member.id)"}"#)
            }
            for (i, member) in members[1...].enumerated() {
                try await member.client.send(#"{"op":"message","room":"r","data":{"type":"bye"}}"#)
                switch i {
                case 0: try await member.client.send(#"{"op":"leave","room":"r"}"#)
                case 1:
                    try await member.client.send(frames: [
                        (.close, WebSocketFraming.closePayload(code: 1000, reason: ""))
                    ])
                default:
                    // Wait until the server has read the bye, which a reset would overtake.
                    try await eventually("three messages") { await server.counters().messages == 3 }
                    try await member.client.reset()
                }
                #expect(
                    try await watcher.text()
                        == #"{"op":"message","room":"r","data":{"from":"\#(member.id)","type":"bye"}}"#)
                #expect(try await watcher.text() == #"{"op":"peer-left","room":"r","id":"\#(member.id)"}"#)
            }
        }
    }

    @Test func `with echo, room-wide messages come back and direct ones do not`() async throws {
        try await withRelay("relay-routed") {
            $0.echo = true
        } _: { server, group in
            let members = try await self.members(2, server, group)
            let (a, b) = (members[0], members[1])
            try await a.client.send(#"{"op":"message","room":"r","data":{"from":"\#(a.id)","sendto":"\#(b.id)"}}"#)
            try await a.client.send(#"{"op":"message","room":"r","data":{"from":"\#(a.id)"}}"#)
            #expect(try await a.client.text() == #"{"op":"message","room":"r","data":{"from":"\#(a.id)"}}"#)
        }
    }
}
