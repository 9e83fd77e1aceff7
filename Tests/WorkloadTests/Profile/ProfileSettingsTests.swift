import Foundation
import Testing

@testable import Workload

@Suite struct ProfileSettingsTests {
    @Test(arguments: ProfileCodingTests.texts)
    func `every setting in force is a known key`(text: String) throws {
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        let known = Set(ProfileKeys.all.map(\.path))
        for setting in profile.settings where !profile.backend.options.keys.contains(String(setting.key.dropFirst(8))) {
            var key = setting.key
            if let bracket = key.firstIndex(of: "[") { key = String(key[..<bracket]) }
            if key.hasPrefix("backend.headers.") { key = "backend.headers" }
            if key.hasPrefix("rooms.sizes.") { key = "rooms.sizes" }
            #expect(known.contains(key), "\(setting.key)")
        }
    }

    @Test func `every key has its default`() {
        let standards = Dictionary(uniqueKeysWithValues: ProfileKeys.all.map { ($0.path, $0.standard) })
        #expect(standards["agents"] == "200")
        #expect(standards["rooms.size"] == "4")
        #expect(standards["rooms.count"] == "–")
        #expect(standards["signaling.candidates.offerer"] == "8")
        #expect(standards["signaling.ghostTimeout"] == "none")
        #expect(standards["validity.loopLag"] == "20ms")
        #expect(standards.count == ProfileKeys.all.count)
    }

    @Test func `the documentation shows the keys as they are defined`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "Sources/signalbench/Documentation.docc/ProfileKeys.md")
        if ProcessInfo.processInfo.environment["SIGNALBENCH_RECORD"] != nil {
            try ProfileKeys.article.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == ProfileKeys.article)
    }

    @Test(arguments: [
        "name: other", "description: other", "backend: {id: mqtt5, qos: 1}", "backend: {joinGrace: 1s}",
        "generator: {loops: 2}", "rooms: {prefix: none}", "rooms: {prefix: staging-}",
    ])
    func `what does not matter for a comparison does not change the digest`(text: String) throws {
        let changed = try ProfileReader.read(text: text, file: "p.yaml")
        #expect(changed.comparableDigest == Profile().comparableDigest)
    }

    @Test(arguments: [
        "agents: 201", "rooms: {size: 5}", "rooms: {count: 50}", "rooms: {fill: sequential}", "arrival: {rate: 51/s}",
        "arrival: {pattern: constant}", "calls: {when: present}", "calls: {when: present, gap: 1s}",
        "calls: {when: present, spread: 500ms}", "calls: {when: present, callers: 1}", "signaling: {strategy: seed}",
        "signaling: {ice: vanilla}", "signaling: {candidates: 8}", "signaling: {payload: {}}",
        "signaling: {pacing: none}", "signaling: {maxConnections: 3}", "signaling: {timeout: 9s}",
        "signaling: {ghostTimeout: 9s}", "chatter: {rate: 0}", "chatter: {bytes: 1}", "churn: {stay: 5s}",
        "phases: {warmup: 1s}", "phases: {steady: 1s}", "phases: {drain: 1s}", "phases: {leave: 1s}",
        "leave: vanish",
        "validity: {cpu: 50%}", "gates: [deliveries.lost == 0]", "seed: 2", "expect: [ORD-02]", "verdict: gates",
        "foreign: expected", "validity: {foreign: 5%}",
    ])
    func `everything else does`(text: String) throws {
        let changed = try ProfileReader.read(text: text, file: "unnamed.yaml")
        #expect(changed.comparableDigest != Profile().comparableDigest)
    }

    /// Two reports of the same load stay comparable when keys are added.
    @Test(arguments: [
        ("", "dd4ddd8eaa1f84c8eaa2d9de6082f5c5"), ("chatter: {rate: 0}", "659ce77eb6524b9db835469c13a13f6a"),
        (ProfileCodingTests.texts[2], "f1166b38157e67fb3088090d8562a8f7"),
    ])
    func `a digest does not change with the keys that this version knows`(text: String, digest: String) throws {
        #expect(try ProfileReader.read(text: text, file: "p.yaml").comparableDigest == digest)
    }

    @Test func `two spellings of one profile have one digest`() throws {
        let a = try ProfileReader.read(
            text: "chatter: {rate: 60/m}\nphases: {steady: 120s}\nvalidity: {cpu: 0.9}", file: "a.yaml")
        let b = try ProfileReader.read(
            text: "validity: {cpu: 90%}\nphases:\n  steady: 2m\nchatter: {rate: 1/s, bytes: 200}", file: "b.yaml")
        #expect(a.comparableDigest == b.comparableDigest)
    }

    @Test(arguments: [
        ("", "6c62272e07bb014262b821756295c58d"), ("a", "d228cb696f1a8caf78912b704e4a8964"),
        ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
    ])
    func `the hash gives the published values`(text: String, expected: String) {
        var hash = FNV128()
        for byte in text.utf8 { hash.combine(byte: byte) }
        #expect(hash.hexadecimal == expected)
    }
}
