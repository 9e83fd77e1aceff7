import Foundation
import TestKit
import Testing

/// nginx of Debian before the relay and before python-socketio, as it stands before servers of this kind.
@Suite(
    .enabled(if: Lane.isPatient, "nginx and the servers are other programs"), .sideBySide, .serialized,
    .timeLimit(.minutes(4)))
struct NginxTests {
    /// Starts nginx with one server for each text, which may say `URL` for the backend and `FOLDER` for its files.
    private static func with(
        servers: [String], http: String = "", files: [String: String] = [:], to port: String,
        _ body: ([Int]) async throws -> Void
    ) async throws {
        try await Programs.with(
            "nginx", ports: servers.count, files: files, arguments: { ["-e", "stderr", "-p", $1, "-c", $0] },
            configuration: { folder, ports in
                let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                    "\($0)_temp_path \(folder)/\($0);"
                }
                let servers = zip(servers, ports).map { text, port in
                    "server { listen 127.0.0.1:\(port)\(text.contains("ssl_certificate ") ? " ssl" : ""); \(text) }"
                }
                let text = """
                    daemon off;
                    pid FOLDER/nginx.pid;
                    error_log stderr;
                    events { worker_connections 512; }
                    http {
                        access_log off;
                        \(temporary.joined(separator: " "))
                        map $http_upgrade $upgrade { default upgrade; "" ""; }
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $upgrade;
                        \(http)
                        \(servers.joined(separator: "\n"))
                    }

                    """
                return text.replacing("FOLDER", with: folder).replacing("URL", with: "http://127.0.0.1:\(port)")
            }, body)
    }

    private static func withRelay(_ body: (String) async throws -> Void) async throws {
        let words = [try SignalbenchProcess.executable, "serve", "relay", "--port", "0"]
        try await LaunchedServer.with(words, ready: .says("{")) { server in
            let line = try JSONSerialization.jsonObject(with: Data(server.output.utf8)) as? [String: Any]
            let url = try #require(line?["url"] as? String)
            try await body(String(try #require(url.split(separator: ":").last).prefix { $0.isNumber }))
        }
    }

    @Test func `TLS, a client certificate, a path prefix and basic auth, each missing in turn`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let hash = try Programs.run("openssl", ["passwd", "-apr1", "Geheim-3"])
        let server = """
            ssl_certificate \(certificate.certificate); ssl_certificate_key \(certificate.key);
            ssl_client_certificate \(certificate.authority); ssl_verify_client on;
            location /team/a/ { auth_basic "agents"; auth_basic_user_file FOLDER/users; proxy_pass URL/; }
            """
        try await Self.withRelay { relay in
            try await Self.with(servers: [server], files: ["users": "agent:\(hash)"], to: relay) { ports in
                @Sendable func url(_ user: String, _ path: String) -> [String] {
                    ["--backend", "relay:wss://\(user)127.0.0.1:\(ports[0])\(path)"]
                }
                let authority = ["--set", "backend.tls.ca=\(certificate.authority)"]
                let own = ["cert=\(certificate.certificate)", "key=\(certificate.key)"]
                let all = authority + own.flatMap { ["--set", "backend.tls.\($0)"] }
                async let right: Void = ReachRun.reaches(url("agent:Geheim-3@", "/team/a/") + all)
                try await ReachRun.each([
                    (url("agent:Geheim-3@", "/team/a/") + authority, "No required SSL certificate was sent"),
                    (url("agent:Geheim-4@", "/team/a/") + all, "HTTP 401"),
                    (url("agent:Geheim-3@", "/") + all, "HTTP 404"),
                ]) { try await ReachRun.fails($0.0, saying: [$0.1]) }
                try await right
            }
        }
    }

    @Test func `a redirect is named, limits are counted to the last agent, and idleness is told`() async throws {
        let servers = [
            "location = /old/ { return 307 /signal/; } location /signal/ { proxy_pass URL/; }",
            "location / { limit_conn few 2; limit_conn_status 429; proxy_pass URL/; }",
            "location / { limit_req zone=slow burst=3 nodelay; proxy_pass URL/; }",
            "location / { proxy_read_timeout 2s; proxy_pass URL/; }",
        ]
        let zones = """
            limit_conn_zone $binary_remote_addr zone=few:1m; limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;
            """
        try await Self.withRelay { relay in
            try await Self.with(servers: servers, http: zones, to: relay) { ports in
                let urls = ports.map { ["--backend", "relay:ws://127.0.0.1:\($0)/"] }
                let old = ["--backend", "relay:ws://127.0.0.1:\(ports[0])/old/"]
                async let redirected: Void = ReachRun.fails(old, saying: ["HTTP 307", "/signal/"])
                async let followed: Void = ReachRun.reaches(old + ["--set", "backend.redirects=follow"])
                async let refused: Void = ReachRun.fails(urls[1], saying: ["HTTP 429", "Too Many Requests"], count: 4)
                // Two connections an address are allowed, and there are three addresses.
                async let spread: Void = ReachRun.reaches(
                    urls[1] + ["--set", "backend.sourceAddresses=127.0.0.2-127.0.0.4"])
                async let slowed: Void = ReachRun.fails(urls[2], saying: ["HTTP 503", "Service Temporarily"], count: 2)
                let idle = ReachRun.profile.replacing("chatter: {rate: 5/s, bytes: 50}", with: "chatter: none")
                    .replacing("steady: 1500ms", with: "steady: 4s")
                async let kept: Void = ReachRun.reaches(urls[3] + ["--set", "backend.clientPing=500ms"], profile: idle)
                try await ReachRun.fails(
                    urls[3], saying: ["s or more in which nothing was said", "backend.clientPing"], count: nil,
                    profile: idle,
                    statuses: [1, 2])
                _ = try await (redirected, followed, refused, spread, slowed, kept)
            }
        }
    }

    @Test func `polling through a balancer of two nodes needs its cookie, and brings it along`() async throws {
        let words = [try PythonPeer.required().interpreter, PythonPeer.path(of: "socketio_doors.py"), "nodes"]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let nodes = server.output.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
            let http = """
                upstream both { server 127.0.0.1:\(nodes[0]); server 127.0.0.1:\(nodes[1]); }
                upstream one { server 127.0.0.1:\(nodes[0]); } upstream two { server 127.0.0.1:\(nodes[1]); }
                map $cookie_node $sticky { default both; one one; two two; }
                map $upstream_addr $node { default one; "127.0.0.1:\(nodes[1])" two; }
                """
            let servers = [
                #"location / { add_header Set-Cookie "node=$node; Path=/" always; proxy_pass http://$sticky; }"#,
                "location / { proxy_pass http://both; }",
            ]
            try await Self.with(servers: servers, http: http, to: nodes[0]) { ports in
                @Sendable func flags(_ port: Int, _ transport: String) -> [String] {
                    ["--backend", "socketio:http://127.0.0.1:\(port)", "--set", "backend.transport=\(transport)"]
                        + ReachCaseTests.events.flatMap { ["--set", "backend.\($0)"] }
                }
                async let polling: Void = ReachRun.reaches(flags(ports[0], "polling"))
                async let upgrading: Void = ReachRun.reaches(flags(ports[0], "polling,websocket"))
                try await ReachRun.fails(
                    flags(ports[1], "polling"), saying: ["HTTP 400", "Invalid session"], count: nil, statuses: [1, 2])
                _ = try await (polling, upgrading)
            }
        }
    }
}
