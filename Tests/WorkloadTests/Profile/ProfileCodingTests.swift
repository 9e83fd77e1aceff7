import Foundation
import Testing

@testable import Workload

@Suite struct ProfileCodingTests {
    /// Profiles that between them use every key.
    static let texts = [
        "",
        "chatter: {rate: 0}",
        """
        name: everything
        description: all the keys that go together
        backend:
          id: socketio
          launch: [node, server.js, "--port=0"]
          url: http://127.0.0.1:3000/
          readyCheck: tcp
          joinGrace: 100ms
          tls: {ca: ca.pem, verify: none}
          headers: {Authorization: "Bearer secret", X-Trace: "1"}
          connectTimeout: 3s
          reconnect: backoff
          events: {join: enter, message: message}
          fields: {to: sendto}
          transport: websocket
        agents: 12
        rooms: {sizes: {2: 60%, 4: 40%}, fill: sequential}
        arrival: {pattern: ramp, rate: 30/m}
        calls: {when: present, spread: 100ms, callers: 2}
        signaling:
          strategy: seed
          ice: vanilla
          candidates: {offerer: 1, answerer: 0}
          payload: {offer: 6000, answer: 6001, candidate: 120}
          pacing: none
          maxConnections: 3
          timeout: 4s
          ghostTimeout: 30s
        chatter: {rate: 2/s, bytes: 0}
        churn: {stay: 7s, rejoin: 0s}
        phases: {warmup: 0s, steady: 1m, drain: 1ms}
        leave: vanish
        validity: {lateness: 7.5%, loopLag: 1ms, cpu: 1}
        gates: [deliveries.lost == 0, "fanout.latency.p99 < 50ms"]
        seed: 18446744073709551615
        generator: {loops: 2}
        """,
        "rooms: {count: 7, prefix: none}\nforeign: expected\ncalls: {when: present, gap: 1s}\nphases: {leave: 2s}",
    ]

    @Test(arguments: Self.texts)
    func `a profile survives JSON`(text: String) throws {
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        let json = try JSONEncoder().encode(profile)
        #expect(try JSONDecoder().decode(Profile.self, from: json) == profile)
    }

    @Test(arguments: Self.texts)
    func `a profile's JSON is itself a profile`(text: String) throws {
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let json = String(decoding: try encoder.encode(profile), as: UTF8.self)
        #expect(try ProfileReader.read(text: json, file: "report.json") == profile)
    }

    @Test func `JSON mirrors the YAML`() throws {
        let text = "agents: 10\nchatter: {rate: 0}\nsignaling: {candidates: 2}\ngates: [deliveries.lost == 0]"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let profile = try ProfileReader.read(text: text, file: "dir/small.yaml")
        let expected = """
            {"agents":10,"arrival":{"pattern":"poisson","rate":"50/s"},"backend":{"connectTimeout":"10s","id":"relay",\
            "joinGrace":"300ms","reconnect":"none","tls":{"verify":"full"}},"calls":{"when":"join"},\
            "chatter":{"bytes":200,"rate":"0/s"},"description":"","expect":[],"foreign":"unexpected",\
            "gates":["deliveries.lost == 0"],"generator":{"loops":"auto"},"leave":"bye","name":"small",\
            "phases":{"drain":"5s","steady":"20s","warmup":"3s"},\
            "rooms":{"fill":"interleaved","size":4},"seed":1,"signaling":{"candidates":{"answerer":2,\
            "offerer":2},"ghostTimeout":"none","ice":"trickle","maxConnections":"auto","pacing":"recorded",\
            "payload":"chromium","strategy":"perfect","timeout":"10s"},"validity":{"cpu":"90%","foreign":"1%","lateness":"10%",\
            "loopLag":"20ms","throttled":"5%"},"verdict":"contract"}
            """
        #expect(String(decoding: try encoder.encode(profile), as: UTF8.self) == expected)
    }

    @Test func `JSON of other versions reads`() throws {
        let json = #"{"name": "old", "agents": 7, "of": {"tomorrow": [1, true, -2.5]}}"#
        let profile = try JSONDecoder().decode(Profile.self, from: Data(json.utf8))
        #expect(profile.name == "old" && profile.agents == 7 && profile.verdict == .contract)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Profile.self, from: Data(#"{"name": "old", "agents": 0}"#.utf8))
        }
    }

    @Test func `a redacted profile holds no secrets`() throws {
        var profile = try ProfileReader.read(text: Self.texts[2], file: "p.yaml")
        profile.backend.options["password"] = "hunter2"
        profile.backend.url = "mqtt://me:hunter2@host:1883/x"
        profile.backend.reach["proxy"] = "http://me:hunter2@proxy:3128"
        let text = String(decoding: try JSONEncoder().encode(profile.redacted), as: UTF8.self)
        #expect(!text.contains("hunter2"))
        #expect(!text.contains("secret"))
        #expect(profile.redacted.backend.url == "mqtt://***@host:1883/x")
        #expect(profile.redacted.backend.headers.keys.sorted() == ["Authorization", "X-Trace"])
    }

    @Test(arguments: ["ws://host/a@b:c", "relay", "ws://host:1/x"])
    func `a URL without user info is left alone`(url: String) {
        var profile = Profile()
        profile.backend.url = url
        #expect(profile.redacted.backend.url == url)
    }
}
