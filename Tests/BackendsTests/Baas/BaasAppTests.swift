import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import Backends

/// Apps, accounts and the folder of the emulator, on a loop of its own.
@Suite struct BaasAppTests {
    /// A client that polls in revision 4.
    struct Client {
        let line: ServerLine
        let host: String
        let target: String

        init(_ line: ServerLine, host: String = "h", cookie: String = "") throws {
            self.line = line
            self.host = host
            let target = "/socket.io/?EIO=4&transport=polling"
            let greeting = try line.ask("GET", target, cookie.isEmpty ? [] : ["Cookie: \(cookie)"], host: host)
            self.target = "\(target)&sid=\(Self.words(greeting.body)[3])"
            #expect(try self.say("40").contains("init"))
        }

        private static func words(_ body: [UInt8]) -> [String] {
            String(decoding: body, as: UTF8.self).split(separator: "\"").map(String.init)
        }

        /// Says something, and polls once.
        func say(_ packet: String) throws -> String {
            _ = try self.line.ask("POST", self.target, body: Array(packet.utf8), host: self.host)
            return String(decoding: try self.line.ask("GET", self.target, host: self.host).body, as: UTF8.self)
        }
    }

    private static func logIn(_ line: ServerLine, _ name: String, _ secret: String, host: String = "h") throws -> String
    {
        let answer = try line.ask(
            "POST", "/account-api/login", ["Content-Type: application/x-www-form-urlencoded"],
            body: Array("email=\(name)&secret=\(secret)".utf8), host: host)
        return answer.head + String(decoding: answer.body, as: UTF8.self)
    }

    @Test func `each app has stores, events and accounts of its own`() throws {
        let line = try ServerLine("baas")
        let apps = ["io-one.localhost:80", "IO-two.localhost", "h"]
        let clients = try apps.map { try Client(line, host: $0) }
        for (client, app) in zip(clients, apps) {
            #expect(
                try client.say(#"42["on",{"event":"push","path":"a/b","callback_id":0}]"#).contains(#""path":"a/b""#))
            let push = try client.say(#"42["push",{"path":"a/b","value":{"app":"\#(app)"},"callback_id":1}]"#)
            #expect(push.contains(#"42["b",{"err":null,"path":"a/b","sys":{"path":"a/b"},"#))
        }
        for (client, app) in zip(clients, apps) {
            let found = try client.say(#"42["fm",{"path":"a/b","query":{},"option":{},"callback_id":2}]"#)
            #expect(found.components(separatedBy: #""app":"#).count == 2, "\(found)")
            #expect(found.contains(app))
        }
        #expect(line.server.counters.deliveries == 3)
        #expect(
            try clients[0].say(#"42["signup",{"email":"a@b","secret":"s","callback_id":3}]"#).contains(#""err":null"#))
        #expect(try Self.logIn(line, "a%40b", "s", host: apps[0]).contains(#""err":null"#))
        #expect(try Self.logIn(line, "a%40b", "s", host: apps[1]).contains(#""err":2"#))
    }

    @Test func `a path cannot reach into another app`() throws {
        let line = try ServerLine("baas")
        let client = try Client(line)
        #expect(try client.say(#"42["get",{"path":"\u0000one/a/b","callback_id":1}]"#).contains(#""err":"format""#))
    }

    @Test func `who has an account logs in, and another password is refused`() throws {
        let line = try ServerLine("baas") { $0.accounts = ["agent@example.org": "geheim"] }
        let answer = try Self.logIn(line, "agent%40example.org", "geheim")
        #expect(answer.contains(#""email":"agent@example.org""#))
        let cookie = try #require(answer.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: ") })
        let client = try Client(line, cookie: String(cookie.dropFirst("Set-Cookie: ".count).prefix { $0 != ";" }))
        #expect(try client.say(#"42["getcurrentuser",{"callback_id":1}]"#).contains("agent@example.org"))
        #expect(try Self.logIn(line, "agent%40example.org", "falsch").contains(#""err":2"#))
        #expect(throws: ServerError(code: .account, message: "")) {
            try ServerLine("baas") { $0.accounts = ["agent": "geheim"] }
        }
    }

    @Test func `a change that was cut off is told, and a damaged folder is an error of its own`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("baas-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("baas.log")
        do {
            let line = try ServerLine("baas") { $0.dataFolder = folder.path }
            _ = try Client(line).say(#"42["push",{"path":"p","value":{"n":1},"callback_id":1}]"#)
            line.server.abandon()
        }
        let whole = try Data(contentsOf: file)
        try (whole + whole.dropLast(7)).write(to: file)
        let torn = try ServerLine("baas") { $0.dataFolder = folder.path }
        let notices = (torn.server as? EngineIOHub)?.notices ?? []
        #expect(notices.count == 1)
        #expect(notices.first?.contains("ended with \(whole.count - 7) bytes of a change") == true)
        torn.server.abandon()
        #expect(try Data(contentsOf: file) == whole)
        let again = try ServerLine("baas") { $0.dataFolder = folder.path }
        #expect((again.server as? EngineIOHub)?.notices == [])
        again.server.abandon()
        var damaged = whole
        damaged[5] ^= 1
        try (damaged + whole).write(to: file)
        #expect(throws: ServerError(code: .data, message: "")) {
            try ServerLine("baas") { $0.dataFolder = folder.path }
        }
        let noFolder = file.path + "/below"
        #expect(throws: ServerError(code: .data, message: "")) { try ServerLine("baas") { $0.dataFolder = noFolder } }
    }

    @Test func `a session that asks for no namespace ends at its time, not a sweep later`() throws {
        let line = try ServerLine("baas") { $0.handshakeTimeout = 1_000_000_000 }
        try line.say(ServerLine.upgrade("/socket.io/?EIO=4&transport=websocket"))
        line.loop.advanceTime(by: .nanoseconds(999_999_999))
        #expect(line.server.counters.open == 1)
        line.loop.advanceTime(by: .nanoseconds(1))
        #expect(line.server.counters.open == 0)
        #expect(line.server.counters.handshakeTimeouts == 1)
        #expect(try line.hear().suffix(20).contains(0xF0), "1008 is 03 F0")
    }
}
