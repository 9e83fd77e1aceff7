import Testing

@testable import Backends

@Suite struct BackendURLTests {
    @Test(arguments: [
        ("ws://127.0.0.1:8080/", BackendURL(scheme: "ws", host: "127.0.0.1", port: 8080, path: "/"), "127.0.0.1:8080"),
        ("WSS://example.org", BackendURL(scheme: "wss", host: "example.org", port: 443, path: "/"), "example.org"),
        ("ws://h:80/a/b?c=d", BackendURL(scheme: "ws", host: "h", port: 80, path: "/a/b?c=d"), "h"),
        ("ws://h?x=1", BackendURL(scheme: "ws", host: "h", port: 80, path: "/?x=1"), "h"),
        ("mqtts://[::1]:9000", BackendURL(scheme: "mqtts", host: "::1", port: 9000, path: "/"), "[::1]:9000"),
        ("http://[fe80::1]/", BackendURL(scheme: "http", host: "fe80::1", port: 80, path: "/"), "[fe80::1]"),
    ])
    func `a URL is taken apart and can be written again`(text: String, url: BackendURL, authority: String) throws {
        let parsed = try BackendURL.parse(text)
        #expect(parsed == url)
        #expect(parsed.authority == authority)
        #expect(try BackendURL.parse(parsed.description) == parsed)
    }

    @Test(arguments: [
        "", "ws", "ws:", "ws:/", "ws://", "ws://:80", "ws://h:", "ws://h:0", "ws://h:65536", "ws://h:8o", "ws://h:+80",
        "ws://::1:80", "ws://[::1", "ws://[::1]x", "ws://h /", "gopher://h", "//h", "ws://h/\u{7}",
    ])
    func `what is no URL is refused with a reason`(text: String) throws {
        let error = try #require(throws: BackendError.self) { try BackendURL.parse(text) }
        #expect(error.code == .badURL)
        #expect(error.message.contains(text))
    }

    @Test(arguments: [
        ("ws://h/a#b", "%23"), ("mqtt://u:Ge#heim@h/", "%23"), ("mqtt://u:Ge/heim@h/", "%2F"),
        ("mqtt://u:Ge?heim@h:x/", "%3F"), ("mqtt://u:12#heim@h/", "%23"), ("ws://u:heim@h:x/", "port"),
    ])
    func `what would be lost from a URL is refused with its spelling, and no part of a password is shown`(
        text: String, says: String
    ) throws {
        let error = try #require(throws: BackendError.self) { try BackendURL.parse(text) }
        #expect(error.message.contains(says), "\(error)")
        #expect(!error.message.contains("heim") && !error.message.contains("Ge"), "\(error)")
    }

    @Test(arguments: [
        ("../signal/", "/signal/"), ("./x", "/a/x"), ("/b/../c/.", "/c/"), ("?y=/../1", "/a/b?y=/../1"),
        ("../../..", "/"), ("/d?e#f", "/d?e"), ("https://other/x#f", "/x"), ("x/..", "/a/"),
    ])
    func `a reference is resolved as RFC 3986 has it`(reference: String, path: String) throws {
        #expect(try BackendURL.parse("wss://h/a/b?x=1").resolved(reference)?.path == path)
    }

    @Test(arguments: [
        ("nats:tcp://h", "nats://h"), ("redis:tls://h:1/", "rediss://h:1/"), ("stomp:ssl://h", "stomps://h"),
        ("mqtt:SSL://h", "mqtts://h"), ("redis:tcp://h", "redis://h"),
    ])
    func `what clients call TCP or TLS is the backend's own scheme`(text: String, url: String) throws {
        #expect(try BackendReference.parse(text).url == (try BackendURL.parse(url)))
    }

    @Test(arguments: ["relay:tcp://h/", "nats:tls://h/", "socketio:ssl://h/"])
    func `where it has none, the refusal names what was written`(text: String) throws {
        let error = try #require(throws: BackendError.self) { try BackendReference.parse(text) }
        #expect(
            error.code == .badScheme && error.message.contains("not by \(text.split(separator: ":")[1])://"), "\(error)"
        )
    }

    @Test func `a backend is named by its id, or by id and URL`() throws {
        #expect(try BackendReference.parse("relay") == BackendReference(id: "relay", url: nil))
        let named = try BackendReference.parse("relay-routed:wss://h/x")
        #expect(named.id == "relay-routed")
        #expect(named.url?.description == "wss://h/x")
        #expect(named.url?.isSecure == true)
    }

    @Test(arguments: [
        ("relya", BackendError.Code.unknownBackend, "did you mean relay?"),
        ("relay-ruoted:ws://h", .unknownBackend, "did you mean relay-routed?"),
        ("ws://127.0.0.1:1/", .missingID, "relay:ws://127.0.0.1:1/ or relay-routed:ws://127.0.0.1:1/"),
        ("https://h/", .missingID, "does not say which protocol to speak"),
        ("relay:http://h/", .badScheme, "ws:// or wss://"),
        ("relay:", .badURL, "no URL"),
        ("relay:h:1", .badURL, "no URL"),
        ("", .unknownBackend, "there are relay, relay-routed"),
    ])
    func `a mistake in naming one is explained`(text: String, code: BackendError.Code, says: String) throws {
        let error = try #require(throws: BackendError.self) { try BackendReference.parse(text) }
        #expect(error.code == code)
        #expect(error.description.contains(says), "\(error)")
    }
}
