import Testing

@testable import Backends

/// The opening and the closing handshake of every embedded server, by RFC 6455 and RFC 9112.
@Suite struct ServerHandshakeTests {
    /// A server and where its WebSocket is.
    static let servers: [(id: String, target: String)] = [
        ("relay", "/"), ("relay-routed", "/"), ("socketio", "/socket.io/?EIO=4&transport=websocket"),
        ("baas", "/socket.io/?EIO=3&transport=websocket"),
    ]

    @Test(arguments: Self.servers)
    func `a good request is agreed to, in absolute form, too`(id: String, target: String) throws {
        for form in [target, "http://h:80" + target, "WS://h" + target] {
            #expect(try ServerLine(id).say(ServerLine.upgrade(form)).hasPrefix("HTTP/1.1 101 "), "\(form)")
        }
    }

    @Test(arguments: Self.servers)
    func `an upgrade in HTTP 1.0 is refused`(id: String, target: String) throws {
        let answer = try ServerLine(id).say(ServerLine.upgrade(target, http: "1.0"))
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("RFC 6455 section 4.2.1"))
    }

    @Test(arguments: Self.servers)
    func `a client that waits before it sends a body gets a word`(id: String, target: String) throws {
        let line = try ServerLine(id)
        let answer = try line.say("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        if id.hasPrefix("relay") {
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        } else {
            #expect(answer == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try line.say("hello").hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test(arguments: ["", "h:80", "a_b.example", "[::1]:80", "[::1]", "h:"])
    func `every form of a Host is taken`(host: String) throws {
        let line = try ServerLine("relay")
        #expect(try line.say(ServerLine.upgrade("/", hosts: [host])).hasPrefix("HTTP/1.1 101 "))
    }

    @Test(
        arguments: Self.servers, [[], ["a", "b"], ["a b/c"], ["a/b"], ["h:80x"], ["u@h"], ["[::1]80:"]] as [[String]])
    func `a request without a Host, with two, or with what is none, is refused`(
        server: (id: String, target: String), hosts: [String]
    ) throws {
        let line = try ServerLine(server.id)
        let answer = try line.say(ServerLine.upgrade(server.target, hosts: hosts))
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("RFC 9112 section 3.2"))
        #expect(answer.lowercased().contains("connection: close"))
    }

    @Test(arguments: Self.servers, ["8", "14", ""])
    func `another version of WebSocket is told the right one`(
        server: (id: String, target: String), version: String
    ) throws {
        let answer = try ServerLine(server.id).say(ServerLine.upgrade(server.target, version: version))
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("Sec-WebSocket-Version: 13\r\n"))
        #expect(answer.contains("Upgrade: websocket\r\n"))
    }

    @Test(arguments: Self.servers, [1000, 1001, 4001, nil] as [UInt16?])
    func `a Close comes back with its code`(server: (id: String, target: String), code: UInt16?) throws {
        let line = try ServerLine(server.id)
        try line.say(ServerLine.upgrade(server.target))
        let payload = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
        #expect(try line.say(RawFrame(0x8, payload, mask: 7).bytes) == RawFrame(0x8, payload).bytes)
    }

    @Test(arguments: ["socketio", "baas"])
    func `a body over the limit is refused at its head`(id: String) throws {
        let line = try ServerLine(id) { $0.maxMessageBytes = 1_000 }
        let answer = try line.say("POST /any HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.lowercased().contains("connection: close"))
    }
}
