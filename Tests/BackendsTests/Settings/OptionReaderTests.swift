import Backends
import Testing

@Suite struct OptionReaderTests {
    @Test(
        arguments: [
            ("0", 0), ("20ms", 20_000_000), ("1.5s", 1_500_000_000), ("2m", 120_000_000_000), ("1h", 3_600_000_000_000),
            ("250us", 250_000), ("7ns", 7), ("", nil), ("20", nil), ("ms", nil), ("-1s", nil), ("1 s", nil),
            ("1e3s", nil),
            ("99999999999h", nil), (".", nil),
        ] as [(String, Int64?)])
    func `a duration is a number with a unit`(text: String, nanoseconds: Int64?) {
        #expect(OptionReader.nanoseconds(text) == nanoseconds)
    }

    @Test func `options are read as what they mean, or refused by name`() throws {
        let options = OptionReader(["echo": "true", "n": "7", "delay": "20ms", "bad": "maybe"])
        #expect(try options.flag("echo", default: false))
        #expect(try options.flag("absent", default: true))
        #expect(try options.integer("n", default: 1, in: 1...10) == 7)
        #expect(try options.duration("delay", default: 0) == 20_000_000)
        #expect(options.text("absent") == nil)
        for read in [
            { _ = try options.flag("bad", default: false) }, { _ = try options.integer("bad", default: 1, in: 1...10) },
            { _ = try options.integer("n", default: 1, in: 8...10) }, { _ = try options.duration("bad", default: 0) },
        ] {
            let error = try #require(throws: BackendError.self, performing: read)
            #expect(error.code == .badValue)
        }
    }

    @Test func `every mistake in a backend's options is found, with what was meant`() throws {
        let relay = try #require(BackendCatalogue.descriptor(for: "relay"))
        let problems = relay.problems(in: ["ecko": "true", "echo": "ture", "qos": "1", "path": "/x"])
        #expect(problems.map(\.code) == [.badValue, .unknownOption, .unknownOption])
        #expect(problems.map(\.suggestion) == ["true", "echo", nil])
        #expect(relay.problems(in: ["echo": "false", "delay": "20ms"]).isEmpty)
    }

    @Test func `what the catalogue declares depends on the options`() throws {
        let url = try BackendURL.parse("ws://h/")
        let relay = try BackendCatalogue.capabilities(BackendSettings(id: "relay", url: url))
        #expect(
            !relay.selfEcho && relay.directed == .broadcast && relay.fromAuthority == .client && relay.joinConfirmed)
        let echo = try BackendCatalogue.capabilities(BackendSettings(id: "relay", url: url, options: ["echo": "true"]))
        #expect(echo.selfEcho)
        let routed = try BackendCatalogue.capabilities(BackendSettings(id: "relay-routed", url: url))
        #expect(routed.directed == .routed && routed.presenceLeave == .server && routed.fromAuthority == .server)
        #expect(routed.declared["slowConsumer"] == "disconnect")
        #expect(throws: BackendError(code: .badValue, message: "")) {
            try BackendCatalogue.capabilities(BackendSettings(id: "relay", url: url, options: ["echo": "yes"]))
        }
        #expect(throws: BackendError(code: .unknownBackend, message: "")) {
            try BackendCatalogue.carrier(BackendSettings(id: "rely", url: url))
        }
    }
}
