import Testing

@testable import Workload

struct FaultKeysTests {
    private static func read(_ faults: String) throws -> Profile {
        try ProfileReader.read(text: "faults:\n\(faults)", file: "f.yaml")
    }

    @Test func `faults are read and written`() throws {
        let profile = try Self.read(
            """
              - {at: 10s, for: 5s, kind: delay, by: 200ms}
              - {at: 20s, kind: cut, share: 50%}
              - {at: 30s, for: 3s, kind: throttle, bytes: 1000}
              - {at: 40s, for: 3s, kind: cpu, cores: 0.25}
            """)
        #expect(
            profile.faults.map(\.name) == ["delay of 200ms", "cut", "throttle to 1000 B/s", "quota of 0.25 cores"])
        #expect(profile.settings.contains { $0.key == "faults[3].cores" && $0.value == "25%" })
        #expect(profile.faults[1].share == .percent(50))
        #expect(profile.settings.contains { $0.key == "faults[0].by" && $0.value == "200ms" })
    }

    @Test(arguments: [
        ("  - {at: 1s, kind: delay, for: 1s}", "faults[0]: delay needs by"),
        ("  - {at: 1s, kind: stall}", "faults[0]: stall needs for"),
        ("  - {at: 1s, kind: cut, for: 2s}", "faults[0].for means nothing for cut"),
        ("  - {at: 1s, kind: restart}", "faults[0]: restart needs for"),
        ("  - {at: 1s, kind: kill, share: 50%}", "faults[0].share means nothing for kill"),
        ("  - {at: 1s, for: 1s, kind: cpu}", "faults[0]: cpu needs cores"),
        ("  - {at: 1s, for: 1s, kind: cpu, cores: 0.001}", "must be at least 1% of a core"),
        ("  - {at: 1s, for: 1s, kind: cpu, cores: 1, share: 50%}", "faults[0].share means nothing for cpu"),
        ("  - {at: 1s, for: 1s, kind: stop, cores: 1}", "faults[0].cores means nothing for stop"),
        ("  - {at: 1s, kind: vanish, for: 1s}", "faults[0].for means nothing for vanish"),
        ("  - {at: 1s, kind: slowReader}", "faults[0]: slowReader needs for"),
        ("  - {at: 1s, kind: cutt}", "faults[0].kind: 'cutt' is none of"),
        ("  - {at: 1s, kind: cut, shar: 50%}", "there is no key 'shar' in a fault"),
        ("  - {kind: cut}", "faults[0] needs at and kind"), ("  - cut", "faults[0] is a section such as"),
        ("  at: 1s", "faults is a list of faults, not a section"),
        ("  - {at: 1s, kind: cut, share: 101%}", "at most 100%"),
    ])
    func `a mistake is named`(text: String, message: String) {
        do {
            _ = try Self.read(text)
            Issue.record("no mistake was found")
        } catch let error as ProfileError {
            #expect(error.description.contains(message), "\(error)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func `another quota is not compared with this one`() throws {
        let digests = try ["0.25", "25%", "0.5"].map { cores in
            try Self.read("  - {at: 1s, for: 1s, kind: cpu, cores: \(cores)}").comparableDigest
        }
        #expect(digests[0] == digests[1] && digests[0] != digests[2])
    }

    @Test func `without faults nothing of a profile changes`() {
        #expect(Profile().settings.allSatisfy { !$0.key.hasPrefix("faults") })
    }
}
