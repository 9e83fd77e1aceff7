import Testing

@testable import Workload

/// How agents come back, as a profile says it.
struct ReconnectKeysTests {
    private func read(_ text: String) throws -> Profile { try ProfileReader.read(text: text, file: "p.yaml") }

    @Test func `numbers of a back-off imply one`() throws {
        let profile = try self.read(
            "reconnect: {backoff: {base: 500ms, factor: 1.5, max: 4s, jitter: decorrelated}}")
        #expect(profile.backend.reconnect == .backoff)
        let backoff = try #require(profile.backend.reconnection)
        #expect(backoff.base == .milliseconds(500) && backoff.factor.value == 1.5 && backoff.max == .seconds(4))
        #expect(backoff.jitter == .decorrelated)
    }

    @Test(arguments: ["socket.io", "paho", "mqtt.js", "peerjs", "eventsource"])
    func `a client that people know is one word`(word: String) throws {
        let profile = try self.read("backend: {reconnect: \(word)}")
        #expect(profile.backend.reconnection == profile.backend.reconnect.preset)
        #expect(profile.backend.reconnection != nil)
    }

    @Test func `without a word nobody comes back`() throws {
        #expect(try self.read("").backend.reconnection == nil)
        #expect(try self.read("backend: {reconnect: backoff}").backend.reconnection == .standard)
    }

    @Test(arguments: [
        "{backend: {reconnect: paho}, reconnect: {backoff: {base: 1s}}}",
        "{backend: {reconnect: none}, reconnect: {backoff: {base: 1s}}}", "reconnect: {backoff: 5s}",
        "reconnect: {backoff: {factor: 0.5}}", "reconnect: {backoff: {jitter: some}}",
    ])
    func `what contradicts itself is a mistake`(text: String) {
        #expect(throws: ProfileError.self) { try self.read(text) }
    }
}
