import Testing

@testable import Workload

@Suite struct ProfileOverrideTests {
    private func read(_ text: String, _ arguments: String...) throws -> Profile {
        let overrides = try arguments.map { try #require(ProfileReader.Override.set($0)) }
        return try ProfileReader.read(text: text, file: "p.yaml", overrides: overrides)
    }

    @Test func `a flag replaces a value`() throws {
        let profile = try self.read("agents: 5\nrooms: {size: 2}", "agents=7", "rooms.size=3", "chatter.rate=0")
        #expect(profile.agents == 7)
        #expect(profile.rooms.layout == .size(3))
        #expect(profile.chatter == nil)
    }

    @Test func `a flag makes the sections on its way`() throws {
        let profile = try self.read("", "signaling.candidates.offerer=2", "backend.tls.verify=none")
        #expect(profile.signaling.candidates.offerer == 2)
        #expect(profile.signaling.candidates.answerer == 3)
        #expect(profile.backend.tls.verify == .none)
    }

    @Test func `a flag replaces a whole section`() throws {
        let text = "calls: {when: present, callers: 5}\nbackend: {id: mqtt, qos: 1}"
        let profile = try self.read(text, "calls={when: join}", "backend={id: relay}")
        #expect(profile.calls == Profile.Calls())
        #expect(profile.backend.options.isEmpty)
    }

    @Test func `a flag replaces one number by a section`() throws {
        let profile = try self.read("signaling: {candidates: 4}", "signaling.candidates={offerer: 1, answerer: 2}")
        #expect(profile.signaling.candidates == Profile.Signaling.Candidates(offerer: 1, answerer: 2))
    }

    @Test func `the last of two flags counts`() throws {
        #expect(try self.read("", "seed=2", "seed=3").seed == 3)
    }

    @Test(arguments: [
        ("rooms: {count: 5, fill: sequential}", "rooms.size=2", Profile.Rooms.Layout.size(2)),
        ("rooms: {sizes: {2: 60%, 4: 40%}}", "rooms.size=2", .size(2)),
        ("rooms: {size: 4}", "rooms.count=3", .count(3)),
    ])
    func `a layout of rooms replaces the file's of another kind`(
        text: String, argument: String, layout: Profile.Rooms.Layout
    ) throws {
        #expect(try self.read(text, argument).rooms.layout == layout)
    }

    @Test func `two flags with layouts of rooms contradict each other`() throws {
        let error = #expect(throws: ProfileError.self) {
            try self.read("rooms: {count: 2}", "rooms.size=2", "rooms.sizes={4: 100%}")
        }
        #expect(
            error?.description
                == "--set rooms.sizes={4: 100%}: error: rooms.sizes contradicts rooms.size: give one")
    }

    @Test func `brackets append to a list`() throws {
        let gate = ProfileReader.Override(
            path: "gates[]", value: "deliveries.lost == 0", source: "--gate 'deliveries.lost == 0'", isLiteral: true)
        let one = try ProfileReader.read(text: "", file: "p", overrides: [gate])
        #expect(one.gates == ["deliveries.lost == 0"])
        let two = try ProfileReader.read(text: "gates: [a < 1]", file: "p", overrides: [gate, gate])
        #expect(two.gates == ["a < 1", "deliveries.lost == 0", "deliveries.lost == 0"])
    }

    @Test(arguments: [
        ("agents=0", "--set agents=0: error: agents: '0' is not between 1 and 1000000"),
        ("rooms.sise=4", "--set rooms.sise=4: error: there is no key 'sise' in rooms (did you mean size?)"),
        ("rooms={size: 0}", "--set rooms={size: 0}: error: rooms.size: '0' is not between 1 and 4096"),
        ("rooms={size", "--set rooms={size: error: this is no YAML: did not find expected ',' or '}'"),
        ("a..b=1", "--set a..b=1: error: 'a..b' is not the path of a key"),
        ("seed=", "--set seed=: error: seed has no value"),
    ])
    func `a mistake in a flag is named by the flag`(argument: String, expected: String) throws {
        let override = try #require(ProfileReader.Override.set(argument))
        let error = #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: "", file: "p.yaml", overrides: [override])
        }
        #expect(error?.description == expected)
        #expect(error?.isOnlyInFlags == true)
    }

    @Test func `mistakes in file and flags come together`() throws {
        let override = try #require(ProfileReader.Override.set("seed=x"))
        let error = #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: "\nagents: x", file: "p.yaml", overrides: [override])
        }
        #expect(
            error?.description
                == "p.yaml:2:9: error: agents: 'x' is not a whole number\n--set seed=x: error: seed: 'x' is not a whole number"
        )
        #expect(error?.isOnlyInFlags == false)
    }

    @Test func `an argument without an equals sign is none`() {
        #expect(ProfileReader.Override.set("agents") == nil)
        #expect(ProfileReader.Override.set("a=b=c")?.value == "b=c")
    }
}
