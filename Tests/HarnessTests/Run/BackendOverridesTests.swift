import Testing
import Workload

@testable import Harness

/// Flags for the options of a backend that `--backend` names.
struct BackendOverridesTests {
    private static func profiles(_ flags: [String], _ backends: [String]) throws -> [Profile] {
        let overrides = try flags.map { try #require(ProfileReader.Override.set($0)) }
        return try BackendOverrides.defaults(overrides, for: backends, name: "test")
    }

    @Test func `an option of a backend that is not the defaults' is set, with the environment's variables`() throws {
        let profile = try Self.profiles(
            [
                #"backend.auth={"token":"${NOT_SET_ANYWHERE:-t-9}"}"#, "backend.clientPing=2s",
                "backend.events.left='gone'",
            ],
            ["socketio:http://h:1/"])[0]
        #expect(profile.backend.options["auth"] == #"{"token":"t-9"}"#)
        #expect(profile.backend.options["events.left"] == "gone" && profile.name == "test")
        #expect(profile.backend.url == "http://h:1/")
    }

    @Test func `a file's content is taken letter by letter`() throws {
        let file = ProfileReader.Override(
            path: "backend.password", value: "'${A}'", source: "--set-file backend.password=f", isLiteral: true)
        let profile = try BackendOverrides.defaults([file], for: ["mqtt:mqtt://h"], name: "test")[0]
        #expect(profile.backend.options["password"] == "'${A}'")
    }

    @Test func `of several backends those get an option that have it, and one that nobody has is refused`() throws {
        let profiles = try Self.profiles(["backend.topicPrefix=a"], ["relay:ws://h/", "mqtt:mqtt://h"])
        #expect(profiles.map { $0.backend.options["topicPrefix"] } == [nil, "a"])
        let lost = #expect(throws: HarnessError.self) { try Self.profiles(["backend.topicPrefx=a"], ["mqtt:mqtt://h"]) }
        #expect(lost?.message.contains("topicPrefx") == true)
    }

    @Test func `a variable stands in the address of a backend, but not in a command`() throws {
        let reference = "relay?path=${NOT_SET_ANYWHERE:-x}:ws://${NOT_SET_ANYWHERE:-h}/"
        let profile = try BackendChoice.apply(reference, to: Profile())
        #expect(profile.backend.url == "ws://h/" && profile.backend.options["path"] == "x")
        let unset = #expect(throws: HarnessError.self) {
            try BackendChoice.apply("relay:ws://${NOT_SET_ANYWHERE}/", to: Profile())
        }
        #expect(unset?.message.contains("NOT_SET_ANYWHERE is not set") == true)
        #expect(try BackendChoice.apply("exec:echo ${A}", to: Profile()).backend.url?.contains("${A}") == true)
    }
}
