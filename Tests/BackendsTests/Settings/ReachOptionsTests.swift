import NIOCore
import Signaling
import Testing

@testable import Backends

/// The options that every backend has, and what a URL says.
struct ReachOptionsTests {
    private func reach(
        _ options: [String: String], url: String = "wss://h/", environment: [String: String] = [:]
    ) throws -> ReachOptions {
        try ReachOptions(
            BackendSettings(id: "relay", url: BackendURL.parse(url), options: options), environment: environment)
    }

    @Test func `addresses to dial from are a list, a range, or both`() throws {
        let reach = try self.reach(["sourceAddresses": "127.0.0.2, 127.0.0.254-127.0.1.1,::1"])
        #expect(
            reach.sourceAddresses.map(\.ipAddress) == [
                "127.0.0.2", "127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1", "::1",
            ])
        for bad in ["127.0.0.9-127.0.0.2", "localhost", "::1-::9", "0.0.0.0-255.255.255.255"] {
            #expect(throws: BackendError.self) { try self.reach(["sourceAddresses": bad]) }
        }
    }

    @Test func `a proxy is named, or found in the environment`() throws {
        #expect(try self.reach(["proxy": "http://u:p@proxy:3128"]).proxy?.host == "proxy")
        #expect(try self.reach(["proxy": "proxy:3128"]).proxy?.port == 3_128)
        #expect(try self.reach([:], environment: ["HTTPS_PROXY": "http://p:1"]).proxy == nil)
        let environment = ["HTTPS_PROXY": "http://p:1", "http_proxy": "http://q:2", "no_proxy": "in.example, other"]
        func found(_ url: String) throws -> Int? {
            try self.reach(["proxy": "environment"], url: url, environment: environment).proxy?.port
        }
        #expect(try found("wss://a/") == 1)
        #expect(try found("ws://a/") == 2)
        #expect(try found("ws://b.in.example/") == nil)
        #expect(try found("ws://other/") == nil)
        #expect(throws: BackendError.self) { try self.reach(["proxy": "socks5://p:1"]) }
    }

    @Test(arguments: [
        ("wss://a.example/", "HTTPS_PROXY"), ("ws://a.example/", "http_proxy"), ("mqtts://10.0.0.7/", "HTTPS_PROXY"),
        ("wss://b.in.example/", nil), ("wss://localhost/", nil), ("ws://127.0.0.2/", nil), ("ws://[::1]/", nil),
    ])
    func `a proxy that is set and not used is said`(url: String, name: String?) throws {
        let environment = ["HTTPS_PROXY": "http://u:p@p:1", "http_proxy": "q:2", "NO_PROXY": ".in.example"]
        func sentence(_ options: [String: String], _ environment: [String: String]) throws -> String? {
            ProxyEnvironment.ignored(
                by: BackendSettings(id: "relay", url: try BackendURL.parse(url), options: options), in: environment)
        }
        let said = try sentence([:], environment)
        #expect(said?.prefix { $0 != " " } == name.map { $0[...] })
        #expect(said.map { $0.contains("u:p") } != true)
        #expect(try sentence(["proxy": "environment"], environment) == nil)
        #expect(try sentence(["proxy": "http://p:1"], environment) == nil)
        #expect(try sentence([:], [:]) == nil)
    }

    @Test func `a certificate without its key is a mistake`() throws {
        #expect(throws: BackendError.self) { try self.reach(["tls.cert": "a.pem"]) }
    }

    @Test(arguments: [
        ("tcp://h", "mqtt://h/"), ("ssl://h:8883", "mqtts://h/"), ("mqtt+ws://h/x", "ws://h/x"),
        ("wss+mqtt://h", "wss://h/"),
        ("ws://u:p%40@h/a?x=1&token=abc", "ws://***@h/a?x=1&token=***"),
    ])
    func `a URL is shown in our spelling and without its secrets`(text: String, shown: String) throws {
        let url = try BackendURL.parse(text)
        #expect("\(url)" == shown)
        #expect(try BackendURL.parse(url.text) == url)
    }

    @Test func `what a URL says reaches the server`() throws {
        let url = try BackendURL.parse("http://u:p%40@h/signal?token=a%20b&x")
        #expect(url.user == BackendURL.UserInfo(name: "u", password: "p@"))
        #expect(url.query.map(\.name) == ["token", "x"] && url.query[0].value == "a b")
        #expect(url.target("/socket.io/?z=1", adding: ["EIO=4"]) == "/socket.io/?z=1&EIO=4&token=a%20b&x")
        var secrets = url.secrets
        #expect(secrets.masked("got 'a b' and a%20b and p@ from x") == "got '***' and *** and *** from x")
        #expect(Secrets.maskedURLs("ws://h/?token=a: it said ?key=b:") == "ws://h/?token=***: it said ?key=***")
        secrets.insert("p@ from")
        #expect(secrets.masked("p@ from x") == "*** x")
        #expect(throws: BackendError.self) { try BackendURL.parse("wsss://h/") }
    }

    @Test func `an unknown scheme is refused with the right spelling`() {
        do {
            _ = try BackendURL.parse("wsss://h/")
            Issue.record("it was taken")
        } catch {
            #expect(error.message.contains("write ws") && error.message.contains("://"))
        }
    }

    @Test func `secrets are known in every form in which a server may tell them`() throws {
        var settings = BackendSettings(
            id: "socketio", url: try BackendURL.parse("http://alice:Geheim-1@h/"),
            options: [
                "auth":
                    #"{"user":{"name":"bob","token":"Geheim-2"},"keys":["Geheim-3",4711],"credentials":{"a":{"b":"Geheim-4"}}}"#,
                "args.join": #"["{room}",{"password":"Geheim-5"}]"#,
            ],
            headers: [("Cookie", "a=Geheim-6; b=\"Geheim-7\""), ("Authorization", "Bearer   Geheim-8")])
        settings.headers.append(("Proxy-Authorization", "Basic Y2Fyb2w6R2VoZWltLTk="))
        let told =
            "alice YWxpY2U6R2VoZWltLTE= bob Y2Fyb2w6R2VoZWltLTk= a= {room} " + (1...9).map { "Geheim-\($0)" }.joined()
        #expect(settings.secrets.masked(told) == "alice *** bob *** a= {room} " + String(repeating: "***", count: 9))
    }

    @Test(arguments: ["a\r\nb: c", "a\u{0}", "a\n"])
    func `a header of several lines is a mistake`(value: String) throws {
        let settings = BackendSettings(id: "relay", url: try BackendURL.parse("ws://h/"), headers: [("X-A", value)])
        let error = try #require(throws: BackendError.self) { try ReachOptions(settings) }
        #expect(error.message.contains("headers.X-A"))
    }

    @Test(arguments: [
        ("a.example", true), ("A.EXAMPLE.", true), ("b.example", false), ("x.b.example", true),
        ("x.y.b.example", false),
        ("*.b.example", true), ("10.0.0.7", true), ("10.0.0.8", false), ("example", false), ("x.example", false),
        ("::1", true), ("0:0:0:0:0:0:0:1", true), ("", false),
    ])
    func `a certificate is for its names, a star for one label, and addresses`(asked: String, isFor: Bool) {
        let identity = ServerIdentity(names: ["a.example", "*.b.example", "10.0.0.7", "::1"])
        #expect(identity.includes(asked) == isFor)
        #expect(!ServerIdentity(names: []).includes(asked))
    }

    @Test(arguments: [
        ("relay", "ws://h/", ["tls.ca": "x.pem"], "backend.tls.ca"),
        ("mqtt", "mqtt://h/", ["clientPing": "5s"], "backend.clientPing"),
        ("mqtt", "mqtt://h/a?b", [:], "the path of the URL"),
        ("socketio", "http://h/", ["transport": "polling", "compression": "deflate"], "backend.compression"),
        ("relay", "wss://h/", ["tls.serverName": "x", "clientPing": "1s"], nil),
        ("mqtt", "ws://h/mqtt", ["clientPing": "5s"], nil),
    ])
    func `what is set and without effect is said`(
        id: String, url: String, options: [String: String], note: String?
    ) throws {
        let settings = BackendSettings(id: id, url: try BackendURL.parse(url), options: options)
        #expect(
            settings.notes.filter { note.map($0.contains) ?? true }.count == (note == nil ? 0 : 1), "\(settings.notes)")
    }

    @Test(arguments: [
        ("mqtt", "closed by the backend without a word", true),
        ("mqtt", "closed by the backend with 135 (not authorized)", false),
        ("mqtt5", "closed by the backend without a word", false),
    ])
    func `a cure for silence is for silence`(id: String, why: String, isSilence: Bool) throws {
        let settings = BackendSettings(id: id, url: try BackendURL.parse("mqtt://h/"))
        let error = DialError(code: .closed, message: "the connection ended: \(why)")
        let cure = BackendDiagnosis.cure(of: error, in: .join, settings)
        #expect((cure?.contains("without a word") == true) == isSilence)
    }

    @Test func `names of secrets are told from others`() {
        for name in ["Authorization", "cookie", "X-Auth-Token", "x_api_key", "access_token", "password", "auth.token"] {
            #expect(Secrets.isName(name), "\(name)")
        }
        for name in ["room", "EIO", "transport", "keyboard", "X-Request-Id", "monkey"] {
            #expect(!Secrets.isName(name), "\(name)")
        }
    }

    @Test func `Engine.IO's own query and the user's stand side by side`() throws {
        func path(_ url: String, _ options: [String: String] = [:]) throws -> (String?, String) {
            let settings = BackendSettings(id: "socketio", url: try BackendURL.parse(url), options: options)
            guard case .engineIO(let plan) = try BackendCatalogue.carrier(settings) else { return (nil, "") }
            return (plan.webSocket().path, String(decoding: try SocketIOSettings(settings).namespace, as: UTF8.self))
        }
        #expect(try path("http://h/?token=abc") == ("/socket.io/?EIO=4&transport=websocket&token=abc", ""))
        #expect(try path("http://h/signal") == ("/socket.io/?EIO=4&transport=websocket", "/signal"))
        #expect(try path("http://h/app/socket.io/") == ("/app/socket.io/?EIO=4&transport=websocket", ""))
        #expect(
            try path("http://h/", ["path": "sub", "query": #"{"a b":"c&d"}"#, "namespace": "n"])
                == ("/sub?EIO=4&transport=websocket&a%20b=c%26d", "/n"))
    }
}
