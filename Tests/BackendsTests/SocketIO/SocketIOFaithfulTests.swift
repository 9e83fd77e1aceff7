import Backends
import NIOCore
import NIOPosix
import TestKit
import Testing

/// The holes of the server that was published in 2016: there when they are asked for, and only then.
@Suite(.enabled(if: Lane.isSerial, "its clients come over loopback"), .timeLimit(.minutes(2)))
struct SocketIOFaithfulTests {
    @Test(arguments: [false, true])
    func `a member of another room`(isFaithful: Bool) async throws {
        try await withRelay("socketio") {
            $0.isFaithful2016 = isFaithful
        } _: { server, group in
            let (inside, id) = try await WireClient.socketIO(server.url, in: "one", group: group)
            let outside = try await WireClient.socketIO(server.url, in: "two", group: group).client
            let answer = try await outside.ask(#"["message",{"sendto":"\#(id)","n":1}]"#)
            #expect(answer == (isFaithful ? "431[true]" : #"431[{"error":"unknownTarget"}]"#))
            try await self.holds(isFaithful, inside)
        }
    }

    @Test(arguments: [false, true])
    func `a room's name as a target`(isFaithful: Bool) async throws {
        try await withRelay("socketio") {
            $0.isFaithful2016 = isFaithful
        } _: { server, group in
            let inside = try await WireClient.socketIO(server.url, in: "one", group: group).client
            let outside = try await WireClient.socketIO(server.url, in: "two", group: group).client
            let answer = try await outside.ask(#"["message",{"sendto":"one","n":1}]"#)
            #expect(answer == (isFaithful ? "431[true]" : #"431[{"error":"unknownTarget"}]"#))
            try await self.holds(isFaithful, inside)
        }
    }

    @Test(arguments: [false, true])
    func `a signal to everybody from a client in no room`(isFaithful: Bool) async throws {
        try await withRelay("socketio") {
            $0.isFaithful2016 = isFaithful
        } _: { server, group in
            let inside = try await WireClient.socketIO(server.url, in: "one", group: group).client
            let nowhere = try await WireClient.socketIO(server.url, group: group).client
            let answer = try await nowhere.ask(#"["message",{"n":1}]"#)
            #expect(answer == (isFaithful ? "431[true]" : #"431[{"error":"notJoined"}]"#))
            try await self.holds(isFaithful, inside)
        }
    }

    @Test(arguments: [false, true])
    func `one string does not end the server in either way`(isFaithful: Bool) async throws {
        try await withRelay("socketio") {
            $0.isFaithful2016 = isFaithful
        } _: { server, group in
            let client = try await WireClient.socketIO(server.url, in: "one", group: group).client
            #expect(try await client.ask(#"["message","a string"]"#) == #"431[{"error":"badMessage"}]"#)
            #expect(try await client.ask(#"["enter","two"]"#) == "431[true]")
        }
    }

    /// The signal is the next thing that the member hears, or else the answer to what it asks now is.
    private func holds(_ isFaithful: Bool, _ member: WireClient) async throws {
        if isFaithful {
            #expect(try await member.text().hasSuffix(#""n":1}]"#))
        } else {
            #expect(try await member.ask(#"["enter","elsewhere"]"#) == "431[true]")
        }
    }
}
