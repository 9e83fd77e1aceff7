import Harness
import Testing

struct ReadyLineTests {
    @Test func `the line has the keys of the documentation in their order`() {
        let line = ReadyLine(backend: "relay", url: "ws://127.0.0.1:40123/", pid: 1234).line
        #expect(line == #"{"ready":true,"backend":"relay","url":"ws://127.0.0.1:40123/","pid":1234}"#)
    }

    @Test func `what is written is read`() {
        let ready = ReadyLine(backend: "a\"b", url: "ws://[::1]:1/p?q=ü", pid: 7)
        #expect(ReadyLine(line: ready.line) == ready)
    }

    @Test(arguments: [
        "", "listening", "{}", #"{"ready":false,"backend":"x","url":"u","pid":1}"#, #"{"ready":true,"url":"u"}"#,
    ])
    func `another line is not taken for it`(line: String) {
        #expect(ReadyLine(line: line) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:1883", ReadyCheck.connect(host: "127.0.0.1", port: 1883)),
        ("tcp://localhost:9", .connect(host: "localhost", port: 9)),
        ("http://localhost/health", .get(host: "localhost", port: 80, path: "/health")),
        ("http://[::1]:8080", .get(host: "::1", port: 8080, path: "/")),
        ("[::1]:1883", .connect(host: "::1", port: 1883)),
    ])
    func `a check is a place to connect to or to get`(text: String, check: ReadyCheck) throws {
        #expect(try ReadyCheck(text) == check)
    }

    @Test(arguments: ["", "localhost", "ftp://h:1", "h:0", "h:65536", ":1", "tcp://h", "http://:80/"])
    func `a bad check is refused with a cure`(text: String) {
        #expect(throws: HarnessError(.badURL, "", cure: "")) { try ReadyCheck(text) }
    }
}
