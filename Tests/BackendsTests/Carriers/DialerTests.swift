import Backends
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it dials real sockets"), .timeLimit(.minutes(2)))
struct DialerTests {
    @Test func `a greeting glued to the 101 arrives, byte by byte or in one piece`() async throws {
        for pause in [false, true] {
            let greeting = RawFrame(0x1, Array("hello".utf8)).bytes
            let server = try await ScriptedServer.start { request in
                let answer = Array(ScriptedServer.upgrade(request).utf8) + greeting
                return pause ? answer.map { [$0] } : [answer]
            }
            let client = try await WireClient.connect(server.url, group: server.group)
            #expect(try await client.text() == "hello")
            try await server.stop()
        }
    }

    @Test func `after the handshake only the caller's handler is left in the pipeline`() async throws {
        try await withRelay { server, group in
            let client = try await WireClient.connect(server.url, group: group)
            let pipeline = try await client.channel.eventLoop.submit { client.channel.pipeline.debugDescription }.get()
            #expect(pipeline.contains("Handler"))
            for leftover in ["HTTP", "Upgrade", "SSL"] { #expect(!pipeline.contains(leftover), "\(pipeline)") }
        }
    }

    @Test func `the request says Host, key, version and what the user added`() async throws {
        let seen = Seen()
        let server = try await ScriptedServer.start { request in
            seen.set(request)
            return [Array(ScriptedServer.upgrade(request).utf8)]
        }
        let client = try await WireClient.connect(
            server.url, options: ["path": "chat?x=1"],
            headers: [("Authorization", "Bearer t"), ("Origin", "http://a")],
            group: server.group)
        try await client.close()
        let request = seen.get()
        #expect(request.hasPrefix("GET /chat?x=1 HTTP/1.1\r\n"))
        #expect(request.contains("Host: 127.0.0.1:\(server.port)\r\n"))
        #expect(request.contains("Sec-WebSocket-Version: 13\r\n"))
        #expect(request.contains("Authorization: Bearer t\r\n"))
        #expect(request.contains("Origin: http://a\r\n"))
        try await server.stop()
    }

    /// What a server may answer, and how the dial is to fail.
    static let answers: [(answer: String, code: DialError.Code)] = [
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull", .http(status: 503)),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>", .http(status: 200)),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", .http(status: 404)),
        ("HTTP/1.1 302 Found\r\nLocation: wss://there/x\r\nContent-Length: 0\r\n\r\n", .http(status: 302)),
        ("SSH-2.0-OpenSSH_9.2\r\n", .badResponse),
        ("", .closed),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", .badUpgrade),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", .badUpgrade
        ),
        ("UPGRADESec-WebSocket-Extensions: permessage-deflate\r\n\r\n", .badUpgrade),
        ("UPGRADESec-WebSocket-Protocol: chat\r\n\r\n", .badUpgrade),
    ]

    @Test(arguments: Self.answers)
    func `a handshake that fails says how`(answer: String, code: DialError.Code) async throws {
        let server = try await ScriptedServer.start { request in
            let text = answer.replacing("UPGRADE", with: ScriptedServer.upgrade(request).dropLast(2))
            return [Array(text.utf8), []]
        }
        let error = try await self.failure(server.url, group: server.group)
        #expect(error.code == code, "\(error)")
        #expect(!error.isLocal)
        if answer.contains("Location") { #expect(error.message.contains("a redirect to wss://there/x")) }
        if answer.contains("full") { #expect(error.message.hasSuffix("HTTP 503: full")) }
        try await server.stop()
    }

    @Test func `nobody listening is refused, and a server that never answers times out`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let mute = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(mute.localAddress?.port)
        let late = try await self.failure("ws://127.0.0.1:\(port)/", timeout: 200_000_000, group: group)
        #expect(late.code == .timeout)
        try await mute.close()
        let reserved = try ReservedPort()
        let refused = try await self.failure("ws://127.0.0.1:\(reserved.port)/", group: group)
        #expect(refused.code == .refused)
        #expect(refused.message.contains("127.0.0.1:\(reserved.port)"))
        reserved.release()
        let nowhere = try await self.failure("ws://no-such-host.invalid:80/", group: group)
        #expect(nowhere.code == .dns)
        try await group.shutdownGracefully()
    }

    @Test func `a caller that changed its mind closes the connection`() async throws {
        struct Gone: Error {}
        try await withRelay { server, group in
            let settings = BackendSettings(id: "relay", url: try BackendURL.parse(server.url))
            let error = await #expect(throws: DialError.self) {
                _ = try await Dialer.dial(Endpoint(settings), on: group.next()) { _, _ in throw Gone() }.get()
            }
            #expect(error?.code == .unwanted)
            #expect(error?.isLocal == true)
            try await eventually("the server sees it go") { await server.counters().open == 0 }
        }
    }

    @Test func `over TLS everything works with a trusted authority and nothing without`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        try await withRelay { options in
            options.certificateFile = certificate.certificate
            options.keyFile = certificate.key
        } _: { server, group in
            #expect(server.url.hasPrefix("wss://"))
            for (url, tls) in [
                (server.url, TLSSettings(caFile: certificate.authority)),
                (server.url.replacing("127.0.0.1", with: "localhost"), TLSSettings(caFile: certificate.authority)),
                (server.url, TLSSettings(verify: .none)),
            ] {
                let a = try await WireClient.connect(url, tls: tls, group: group)
                let b = try await WireClient.connect(url, tls: tls, group: group)
                for client in [a, b] {
                    _ = try await client.welcome()
                    _ = try await client.join("r")
                }
                let pad = String(repeating: "x", count: 200_000)
                try await a.send(#"{"op":"message","room":"r","data":"\#(pad)"}"#)
                #expect(try await b.text() == #"{"op":"message","room":"r","data":"\#(pad)"}"#)
                try await a.send(frames: [(.close, ByteBuffer())])
                // A Close that says no code is answered by one that says none (RFC 6455 §7.1.5).
                #expect(try await a.closeFrame() == 1005)
                try await b.close()
            }
            let untrusted = try await self.failure(server.url, group: group)
            #expect(untrusted.code == .tls)
            // The certificate is for the address of the socket, too; what counts is the name that was asked for.
            let misnamed = try await self.failure(
                server.url, tls: TLSSettings(caFile: certificate.authority, serverName: "other.example"), group: group)
            #expect(misnamed.code == .tls && misnamed.message.contains("for localhost, 127.0.0.1"), "\(misnamed)")
            let plain = try await self.failure(server.url.replacing("wss", with: "ws"), group: group)
            #expect([.closed, .badResponse].contains(plain.code), "\(plain)")
        }
        try await withRelay { server, group in
            let error = try await self.failure(
                server.url.replacing("ws://", with: "wss://"), tls: TLSSettings(verify: .none), group: group)
            #expect(error.code == .tls, "\(error)")
        }
    }

    @Test func `a file of TLS that cannot be used is named with what is wrong with it`() throws {
        let certificate = try Certificate()
        let other = try Certificate()
        defer {
            certificate.remove()
            other.remove()
        }
        let own = certificate.certificate
        for (ca, cert, key, words) in [
            (nil, own, other.key, "not that of the certificate"), (nil, own, own, "a private key in PEM"),
            (certificate.key, nil, nil, "a certificate in PEM"), ("/nowhere", nil, nil, "cannot be read"),
        ] as [(String?, String?, String?, String)] {
            let settings = BackendSettings(
                id: "relay", url: try BackendURL.parse("wss://127.0.0.1:1/"),
                tls: TLSSettings(caFile: ca, certificateFile: cert, keyFile: key))
            let error = try #require(throws: BackendError.self) { try TLSContext.make(for: settings) }
            #expect(error.message.contains(words), "\(error)")
        }
    }

    @Test func `an authority file that is none is a mistake of the user`() throws {
        let settings = BackendSettings(
            id: "relay", url: try BackendURL.parse("wss://127.0.0.1:1/"), tls: TLSSettings(caFile: "/nonexistent.pem"))
        #expect(throws: BackendError(code: .badFile, message: "")) { try TLSContext.make(for: settings) }
        let plain = BackendSettings(id: "relay", url: try BackendURL.parse("ws://127.0.0.1:1/"))
        #expect(try TLSContext.make(for: plain) == nil)
    }

    private func failure(
        _ url: String, timeout: Int64 = 5_000_000_000, tls: TLSSettings = TLSSettings(), group: any EventLoopGroup
    ) async throws -> DialError {
        let settings = BackendSettings(
            id: "relay", url: try BackendURL.parse(url), tls: tls, connectTimeout: timeout)
        let endpoint = try Endpoint(settings)
        return try await #require(throws: DialError.self) {
            _ = try await Dialer.dial(endpoint, on: group.next()) { _, _ in }.get()
        }
    }
}
