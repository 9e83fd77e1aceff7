import Foundation
import TestKit
import Testing

/// Mosquitto as operators set it up: who may come in, by what name, where, and how much at once.
@Suite(.enabled(if: Lane.isPatient, "Mosquitto is another program"), .sideBySide, .serialized, .timeLimit(.minutes(4)))
struct MosquittoTests {
    /// A setting of the broker, the flags that it lets in, and those that it refuses with their cause.
    struct Door: Sendable {
        var lines: String
        var backend = "mqtt5?qos=1"
        var right: [String]
        var wrong: [String] = []
        var words: [String]
        var count: UInt64? = 6
        /// How the wrong run ends: invalid where nobody got in, a broken contract where nothing came through.
        var status: Int32 = 2
    }

    private static let doors = [
        Door(
            lines: "allow_anonymous false\npassword_file FOLDER/users",
            right: ["user=agent", "password=Geheim-6"], wrong: ["user=agent", "password=Geheim-7"],
            words: ["not authorized"]),
        Door(
            lines: "allow_anonymous false\npassword_file FOLDER/users",
            backend: "mqtt", right: ["user=agent", "password=Geheim-6"], words: ["not authorized", "backend.user"]),
        Door(
            lines: "allow_anonymous true\nacl_file FOLDER/acl",
            right: ["topicPrefix=tenant/7"], words: ["not authorized", "topicPrefix"], count: nil, status: 1),
        Door(
            lines: "allow_anonymous true\nmax_qos 0", right: ["qos=0"],
            words: ["QoS not supported", "backend.qos"]),
        Door(
            lines: "allow_anonymous true\nmax_qos 1", backend: "mqtt",
            right: ["qos=1"], wrong: ["qos=2"], words: ["closed by the backend without a word", "lower backend.qos"]),
        Door(
            lines: "allow_anonymous true\nmax_qos 1",
            right: ["qos=1"], wrong: ["qos=2", "will=none"], words: ["allows QoS 1 at most", "backend.qos"]),
        Door(
            lines: "allow_anonymous true\nclientid_prefixes cam-",
            right: ["clientPrefix=cam-"], words: ["clientPrefix"]),
    ]

    private static func with(_ lines: String, _ body: (Int) async throws -> Void) async throws {
        let files = ["users": "agent:Geheim-6\n", "acl": "topic readwrite tenant/7/#\n"]
        try await Programs.with(
            "mosquitto", ports: 1, files: files, arguments: { file, _ in ["-c", file] },
            configuration: { folder, ports in
                // It reads its own hash of a password only; the tool makes it in place.
                _ = try? Programs.run("mosquitto_passwd", ["-U", folder + "/users"])
                let own = lines.replacing("FOLDER", with: folder)
                return "persistence false\nuser root\nlistener \(ports[0]) 127.0.0.1\n\(own)\n"
            }
        ) { try await body($0[0]) }
    }

    @Test func `each rule of the broker is named, and kept by a setting`() async throws {
        try await ReachRun.each(Self.doors) { door in
            try await Self.with(door.lines) { port in
                let id = String(door.backend.prefix { $0 != "?" })
                @Sendable func flags(_ options: [String]) -> [String] {
                    let own = options.contains { $0.hasPrefix("qos=") } ? id : door.backend
                    return ["--backend", "\(own):mqtt://127.0.0.1:\(port)"]
                        + options.flatMap { ["--set", "backend.\($0)"] }
                }
                async let right: Void = ReachRun.reaches(flags(door.right))
                try await ReachRun.fails(
                    flags(door.wrong), saying: door.words, count: door.count, statuses: [door.status, 2])
                try await right
            }
        }
    }

    /// MQTT 3.1.1 has no word for a message that an access list swallows (3.3.5.2).
    @Test func `a run of which nothing arrives is no pass, in any report`() async throws {
        try await Self.with("allow_anonymous true\nacl_file FOLDER/acl") { port in
            let small = try SmallRun(ReachRun.profile)
            let ending = try await small.start(["--backend", "mqtt:mqtt://127.0.0.1:\(port)"]).end()
            // A busy machine may make it invalid besides.
            #expect([1, 2].contains(ending.status), "\(ending.output)")
            #expect(!ending.output.contains("PASS") && ending.output.contains("breaks DLV-01"))
            let junit = try String(contentsOfFile: small.out + "/junit.xml", encoding: .utf8)
            #expect(junit.contains("<failure") && junit.contains("DLV-01"))
        }
    }

    @Test func `a greatest packet is kept to, and a signal beyond it is named`() async throws {
        try await Self.with("allow_anonymous true\nmax_packet_size 3000") { port in
            let flags = ["--backend", "mqtt5?qos=1:mqtt://127.0.0.1:\(port)"]
            let small = "signaling.payload={offer: 600, answer: 500, candidate: 100}"
            async let right: Void = ReachRun.reaches(flags + ["--set", small])
            let (ending, report) = try await ReachRun.play(
                flags + ["--set", "signaling.payload={offer: 6000, answer: 500, candidate: 100}"])
            #expect([1, 2].contains(ending.status), "\(ending.output)")
            #expect(
                report.causes.contains { $0.text.contains("3000") || $0.text.contains("packet too large") },
                "\(report.causes) \(ending.output)")
            try await right
        }
    }

    @Test func `client certificates of its authority are asked for, and name the client`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let lines = """
            allow_anonymous true
            cafile \(certificate.authority)
            certfile \(certificate.certificate)
            keyfile \(certificate.key)
            require_certificate true
            """
        try await Self.with(lines) { port in
            let flags = [
                "--backend", "mqtt5?qos=1:mqtts://127.0.0.1:\(port)", "--set",
                "backend.tls.ca=\(certificate.authority)",
            ]
            async let right: Void = ReachRun.reaches(
                flags + [
                    "--set", "backend.tls.cert=\(certificate.certificate)", "--set",
                    "backend.tls.key=\(certificate.key)",
                ])
            try await ReachRun.fails(flags, saying: ["certificate", "tls.cert"])
            try await right
        }
    }
}
