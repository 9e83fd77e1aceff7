import Foundation
import TestKit
import Testing

/// Doors of real deployments, as people who operate them have told: what is wrong is named, and the right setting opens.
@Suite(
    .enabled(if: Lane.isPatient, "the servers are other programs"), .sideBySide, .serialized, .timeLimit(.minutes(4)))
struct ReachCaseTests {
    /// A server of ours in Python, and where it listens.
    private static func with(
        _ script: String, _ arguments: [String], _ body: (String) async throws -> Void
    ) async throws {
        let words = [try PythonPeer.required().interpreter, PythonPeer.path(of: script)] + arguments
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            try await body(try #require(server.output.split(whereSeparator: \.isWhitespace).last.map(String.init)))
        }
    }

    /// Who refuses at the upgrade, what is said of it, and the settings that are let in; nil where there are none.
    struct Refusal: Sendable {
        var door: [String]
        var words: [String]
        var count: UInt64 = 6
        var path = ""
        var settings: [String]?
        var rightPath = ""
    }

    private static let refusals = [
        Refusal(door: ["limit", "3"], words: ["HTTP 429", "Retry-After: 7", "three of you are enough"], count: 3),
        Refusal(door: ["forbidden"], words: ["HTTP 403", "not from here", "origin"]),
        Refusal(door: ["mute"], words: ["no answer when the run ended"]),
        Refusal(door: ["redirect"], words: ["HTTP 307", "/signal/"], settings: ["redirects=follow"]),
        Refusal(
            door: ["subprotocol", "signaling.v3"], words: ["HTTP 400", "speak signaling.v3"],
            settings: ["subprotocols=signaling.v3"]),
        Refusal(
            door: ["token", "Geheim-7"], words: ["HTTP 401", "who are you?"],
            settings: ["headers.Authorization=Bearer Geheim-7"]),
        Refusal(
            door: ["token", "Geheim-7"], words: ["HTTP 401"], path: "?access_token=Geheim-8", settings: [],
            rightPath: "?access_token=Geheim-7"),
    ]

    @Test func `a refusal at the upgrade is named with its words, and the right setting is let in`() async throws {
        try await ReachRun.each(Self.refusals) { test in
            try await Self.with("odd_relay.py", test.door) { port in
                let url = "relay:ws://127.0.0.1:\(port)/"
                async let wrong: Void = ReachRun.fails(
                    ["--backend", url + test.path], saying: test.words, count: test.count)
                if let settings = test.settings {
                    try await ReachRun.reaches(
                        ["--backend", url + test.rightPath] + settings.flatMap { ["--set", "backend.\($0)"] })
                }
                try await wrong
            }
        }
    }

    @Test func `a secret may come from a file, the line's end behind it aside`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("token", "Bearer Geheim-11\n")
        try await Self.with("odd_relay.py", ["token", "Geheim-11"]) { port in
            let flags = ["--backend", "relay:ws://127.0.0.1:\(port)/"]
            try await ReachRun.reaches(flags + ["--set-file", "backend.headers.Authorization=\(file)"])
        }
        let lost = try await SignalbenchProcess.run("run", "--set-file", "backend.password=\(folder.path)/none")
        #expect(lost.status != 0 && lost.errors.contains("cannot be read"))
    }

    @Test func `a secret may come from the environment, and its lack has a place in the file`() async throws {
        let folder = try TemporaryFolder()
        let secret = "backend: {headers: {Authorization: \"Bearer ${SIG_TOKEN}\"}}\n"
        let file = try folder.file("env.yaml", ReachRun.profile + secret)
        try await Self.with("odd_relay.py", ["token", "Geheim-12"]) { port in
            let words = ["run", file, "--backend", "relay:ws://127.0.0.1:\(port)/", "--out", folder.path + "/out"]
            let right = try await SignalbenchProcess(words, environment: ["SIG_TOKEN": "Geheim-12"]).end()
            #expect(right.output.contains("100 % (6 of 6 pairs)"), "\(right.output) \(right.errors)")
            #expect(!(right.output + right.errors).contains("Geheim"))
            let lost = try await SignalbenchProcess(words).end()
            let line = ReachRun.profile.split(separator: "\n").count + 1
            #expect(lost.status == 65 && lost.errors.contains("env.yaml:\(line):"), "\(lost.errors)")
            #expect(lost.errors.contains("SIG_TOKEN is not set"))
        }
    }

    @Test func `two runs at once on one server do not meet`() async throws {
        try await Self.with("tiny_relay.py", []) { port in
            let flags = ["--backend", "relay:ws://127.0.0.1:\(port)/"]
            async let one: Void = ReachRun.reaches(flags)
            async let other: Void = ReachRun.reaches(flags)
            _ = try await (one, other)
        }
    }

    @Test func `TLS: an authority, a name and a client certificate are asked for by their options`() async throws {
        let certificate = try Certificate(names: "DNS:signal.example.test")
        defer { certificate.remove() }
        let files = [certificate.certificate, certificate.key, certificate.authority]
        try await Self.with("odd_relay.py", ["tls"] + files) { port in
            let flags = ["--backend", "relay:wss://127.0.0.1:\(port)/"]
            let trusting = flags + ["--set", "backend.tls.ca=\(certificate.authority)"]
            let naming = trusting + ["--set", "backend.tls.serverName=signal.example.test"]
            let own = ["cert=\(certificate.certificate)", "key=\(certificate.key)"]
            async let right: Void = ReachRun.reaches(naming + own.flatMap { ["--set", "backend.tls.\($0)"] })
            try await ReachRun.each([
                (flags, ["not signed by a trusted authority", "tls.ca"]),
                (trusting, ["not for the name", "tls.serverName"]), (naming, ["client certificate", "tls.cert"]),
            ]) { try await ReachRun.fails($0.0, saying: $0.1) }
            try await right
        }
    }

    @Test func `a connection that is cut because it was idle says so, and pings keep it`() async throws {
        let profile = ReachRun.profile.replacing("chatter: {rate: 5/s, bytes: 50}", with: "chatter: none")
            .replacing("steady: 700ms", with: "steady: 3s")
        try await Self.with("odd_relay.py", ["idle", "1.2"]) { port in
            let flags = ["--backend", "relay:ws://127.0.0.1:\(port)/"]
            async let kept: Void = ReachRun.reaches(flags + ["--set", "backend.clientPing=300ms"], profile: profile)
            try await ReachRun.fails(
                flags, saying: ["s or more in which nothing was said", "backend.clientPing"], profile: profile,
                statuses: [1, 2])
            try await kept
        }
    }

    @Test func `a proxy is what has to answer, where there is one`() async throws {
        let small = try SmallRun(ReachRun.profile)
        let port = try Loopback.freePorts(1)[0]
        let words = ["run", small.profile, "--out", small.out, "--backend", "relay:ws://signal.example.test/"]
        let lost = try await SignalbenchProcess(
            words + ["--set", "backend.proxy=environment"], environment: ["HTTP_PROXY": "http://127.0.0.1:\(port)"]
        ).end()
        #expect(lost.status == 69)
        #expect(lost.errors.contains("nothing answers at the proxy 127.0.0.1:\(port)"), "\(lost.errors)")
        #expect(!lost.errors.contains("start the server"), "\(lost.errors)")
    }

    /// A Socket.IO server: what it says when it refuses, and the settings that it lets in.
    struct Door: Sendable {
        var door: [String]
        var path = "/"
        var words: String
        var right: [String] = []
        var rightPath = "/"
    }

    private static let doors = [
        Door(
            door: ["query", "Geheim-5"], path: "/?token=Geheim-6", words: "the query has no token of ours",
            rightPath: "/?token=Geheim-5"),
        Door(
            door: ["auth", "Geheim-5"], words: "the payload has no token of ours",
            right: [#"auth={"token":"Geheim-5"}"#]),
        Door(door: ["namespace", "/signal"], words: "Unable to connect", rightPath: "/signal"),
    ]

    static let events = [
        "events.join=join", "events.message=signal", "events.left=left", "fields.from=sender",
    ]

    @Test func `a Socket.IO server's own words are the cause, and its wish has an option`() async throws {
        let events = Self.events.flatMap { ["--set", "backend.\($0)"] }
        try await ReachRun.each(Self.doors) { test in
            try await Self.with("socketio_doors.py", test.door) { port in
                let url = "socketio:http://127.0.0.1:\(port)"
                let right = test.right.flatMap { ["--set", "backend.\($0)"] }
                async let reached: Void = ReachRun.reaches(["--backend", url + test.rightPath] + events + right)
                try await ReachRun.fails(
                    ["--backend", url + test.path] + events, saying: ["CONNECT was refused", test.words])
                try await reached
            }
        }
    }

    @Test func `rooms by object, signals behind their room, and binary news between them`() async throws {
        try await Self.with("socketio_doors.py", ["objects"]) { port in
            let flags =
                ["--backend", "socketio:http://127.0.0.1:\(port)"] + Self.events.flatMap { ["--set", "backend.\($0)"] }
            let shapes = [
                #"args.join=[{"room":"{room}"}]"#, #"args.message=["{room}","{signal}"]"#, "signalAt=1",
            ]
            try await ReachRun.reaches(flags + shapes.flatMap { ["--set", "backend.\($0)"] })
        }
    }
}
