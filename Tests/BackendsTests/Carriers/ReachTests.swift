import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Backends

/// Ways to a server: proxies, redirects, subprotocols, credentials, local addresses.
@Suite(.enabled(if: Lane.isSerial, "it dials real sockets"), .timeLimit(.minutes(2)))
struct ReachTests {
    private static func text(_ word: String) -> [UInt8] { RawFrame(0x1, Array(word.utf8)).bytes }

    @Test func `a proxy is asked to CONNECT, with its user's name, and the tunnel carries the upgrade`() async throws {
        let seen = Seen()
        let proxy = try await ScriptedServer.start { request in
            seen.set(request)
            guard request.contains("GET ") else { return [Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)] }
            return [Array(ScriptedServer.upgrade(request).utf8) + Self.text("hello")]
        }
        let client = try await WireClient.connect(
            "ws://target.example:81/x", options: ["proxy": "http://me:secret@127.0.0.1:\(proxy.port)"],
            group: proxy.group)
        #expect(try await client.text() == "hello")
        #expect(seen.get().hasPrefix("CONNECT target.example:81 HTTP/1.1\r\nHost: target.example:81\r\n"))
        // RFC 7617 §2, `me:secret`.
        #expect(seen.get().contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"))
        #expect(seen.get().contains("GET /x HTTP/1.1\r\nHost: target.example:81\r\n"))
        try await proxy.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"), ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502"),
        ("nonsense\r\n\r\n", "no HTTP"), ("", "closed before"),
    ])
    func `a proxy that refuses is named`(answer: String, says: String) async throws {
        let proxy = try await ScriptedServer.start { _ in [Array(answer.utf8)] }
        let error = try await #require(throws: DialError.self) {
            _ = try await WireClient.connect(
                "ws://target.example/", options: ["proxy": "http://me:secret@127.0.0.1:\(proxy.port)"],
                group: proxy.group)
        }
        #expect(error.message.contains(says) && error.message.contains("proxy http://***@"), "\(error)")
        #expect(!error.message.contains("secret"))
        try await proxy.stop()
    }

    @Test func `a redirect is refused by name, and followed when asked to`() async throws {
        let server = try await ScriptedServer.start { request in
            guard request.hasPrefix("GET /there?x=1 ") else {
                return [
                    Array("HTTP/1.1 307 Temporary Redirect\r\nLocation: /there?x=1\r\nContent-Length: 0\r\n\r\n".utf8)
                ]
            }
            return [Array(ScriptedServer.upgrade(request).utf8) + Self.text("found")]
        }
        let error = try await #require(throws: DialError.self) {
            _ = try await WireClient.connect(server.url, group: server.group)
        }
        #expect(error.code == .http(status: 307) && error.message.contains("/there?x=1"))
        let client = try await WireClient.connect(
            server.url + "here", options: ["redirects": "follow"], group: server.group)
        #expect(try await client.text() == "found")
        try await server.stop()
        let circle = try await ScriptedServer.start { _ in
            [Array("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n".utf8)]
        }
        let lost = try await #require(throws: DialError.self) {
            _ = try await WireClient.connect(circle.url, options: ["redirects": "follow"], group: circle.group)
        }
        #expect(lost.code == .http(status: 302))
        try await circle.stop()
    }

    @Test func `a redirect that sets a cookie gets it back, beside the user's own`() async throws {
        let server = try await ScriptedServer.start { request in
            guard request.contains("\r\nCookie: mine=1; door=7\r\n") else {
                let fields = "Set-Cookie: door=7; Path=/; HttpOnly\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
                return [Array("HTTP/1.1 307 Temporary Redirect\r\n\(fields)".utf8)]
            }
            return [Array(ScriptedServer.upgrade(request).utf8) + Self.text("found")]
        }
        let client = try await WireClient.connect(
            server.url, options: ["redirects": "follow"], headers: [("Cookie", "mine=1; door=none")],
            group: server.group)
        #expect(try await client.text() == "found")
        try await server.stop()
    }

    @Test func `a redirect to another server takes no credentials along`() async throws {
        let seen = Seen()
        let other = try await ScriptedServer.start { request in
            seen.set(request)
            return [Array(ScriptedServer.upgrade(request).utf8) + Self.text("found")]
        }
        let first = try await ScriptedServer.start { _ in
            let head = "HTTP/1.1 302 Found\r\nLocation: \(other.url)x\r\nContent-Length: 0\r\n\r\n"
            return [Array(head.utf8)]
        }
        let client = try await WireClient.connect(
            "ws://me:secret@127.0.0.1:\(first.port)/", options: ["redirects": "follow"],
            headers: [("X-Api-Key", "k-1"), ("X-Note", "n-1")], group: first.group)
        #expect(try await client.text() == "found")
        #expect(seen.get().contains("X-Note: n-1\r\n"))
        #expect(!seen.get().contains("k-1") && !seen.get().contains("Authorization"))
        try await first.stop()
        try await other.stop()
    }

    @Test func `a subprotocol is offered, and has to be chosen`() async throws {
        func server(choosing chosen: String?) async throws -> ScriptedServer {
            try await ScriptedServer.start { request in
                guard request.contains("Sec-WebSocket-Protocol: signaling.v2, signaling.v1\r\n") else {
                    return [Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)]
                }
                let field = chosen.map { "Sec-WebSocket-Protocol: \($0)\r\n\r\n" } ?? "\r\n"
                return [Array(ScriptedServer.upgrade(request).utf8).dropLast(2) + Array(field.utf8) + Self.text("hi")]
            }
        }
        for (chosen, isTaken) in [("signaling.v1", true), (nil, false), ("other", false)] {
            let server = try await server(choosing: chosen)
            let options = ["subprotocols": "signaling.v2, signaling.v1"]
            if isTaken {
                let client = try await WireClient.connect(server.url, options: options, group: server.group)
                #expect(try await client.text() == "hi")
            } else {
                let error = try await #require(throws: DialError.self) {
                    _ = try await WireClient.connect(server.url, options: options, group: server.group)
                }
                #expect(error.code == .badUpgrade && error.message.contains("subprotocol"))
            }
            try await server.stop()
        }
    }

    @Test func `user info becomes Basic authorization, unless a header says otherwise`() async throws {
        let seen = Seen()
        let server = try await ScriptedServer.start { request in
            seen.set(request)
            return [Array(ScriptedServer.upgrade(request).utf8)]
        }
        let url = "ws://me:secret@127.0.0.1:\(server.port)/"
        try await WireClient.connect(url, group: server.group).close()
        #expect(seen.get().contains("Authorization: Basic bWU6c2VjcmV0\r\n"))
        try await WireClient.connect(url, headers: [("Authorization", "Bearer t")], group: server.group).close()
        #expect(seen.get().contains("Authorization: Bearer t\r\n") && !seen.get().contains("Basic"))
        try await server.stop()
    }

    @Test func `connections come from the addresses that were given, in turn`() async throws {
        try await withRelay("relay") { server, group in
            let settings = BackendSettings(
                id: "relay", url: try BackendURL.parse(server.url),
                options: ["sourceAddresses": "127.0.0.2-127.0.0.4"])
            let endpoint = try Endpoint(settings)
            var found: [String?] = []
            for _ in 0..<4 {
                let channel = try await Dialer.dial(endpoint, on: group.next()) { _, _ in }.get()
                found.append(channel.localAddress?.ipAddress)
                try await channel.close()
            }
            #expect(found == ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.2"])
            #expect(endpoint.usedAddresses == ["127.0.0.1": 4])
        }
    }

    @Test(arguments: [
        ("spread", ["127.0.0.1": 3, "127.0.0.2": 3]), ("first", ["127.0.0.1": 6]),
    ])
    func `a name with two addresses is dialed at its first, or at both in turn`(
        choice: String, counts: [String: Int]
    ) async throws {
        try await withRelay("relay", host: "0.0.0.0") { server, group in
            let port = try BackendURL.parse(server.url).port
            let names = NameResolver(
                known: [
                    "localhost:\(port)": try ["127.0.0.1", "127.0.0.2"].map {
                        try SocketAddress(ipAddress: $0, port: port)
                    }
                ])
            let reach = try #require(ReachOptions.AddressChoice(rawValue: choice))
            let endpoint = try Endpoint(
                BackendSettings(id: "relay", url: try BackendURL.parse("ws://localhost:\(port)/")),
                network: SocketNetwork(to: reach, names: names))
            for _ in 0..<6 {
                try await Dialer.dial(endpoint, on: group.next()) { _, _ in }.get().close()
            }
            #expect(endpoint.usedAddresses == counts)
        }
    }
}
