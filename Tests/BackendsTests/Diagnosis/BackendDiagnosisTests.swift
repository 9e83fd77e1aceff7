import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Backends

/// One connection, step by step, to servers of ours and to nothing.
@Suite(.enabled(if: Lane.isSerial, "it dials real sockets"), .timeLimit(.minutes(1)))
struct BackendDiagnosisTests {
    private func steps(_ id: String, _ url: String, _ options: [String: String] = [:]) async throws -> [DiagnosisStep] {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let settings = BackendSettings(
            id: id, url: try BackendURL.parse(url), options: options, connectTimeout: 2_000_000_000)
        let result: Result<[DiagnosisStep], any Error>
        do {
            result = .success(try await BackendDiagnosis(settings, on: loops.next()) { _ in }.run(room: "r"))
        } catch { result = .failure(error) }
        try await loops.shutdownGracefully()
        return try result.get()
    }

    @Test(arguments: ["relay", "relay-routed", "socketio", "baas"])
    func `a message goes there and back on every server of ours`(id: String) async throws {
        try await withRelay(id) { server, _ in
            let steps = try await self.steps(id, server.url)
            #expect(steps.allSatisfy { $0.outcome == .ok }, "\(steps)")
            #expect(steps.map(\.name) == ["name", "tcp", "http", "greeting", "join", "message"])
            #expect(steps[2].text.contains("101"))
            #expect(steps.allSatisfy { ($0.milliseconds ?? -1) >= 0 })
        }
    }

    @Test func `the first step that fails is named, with the option that may help`() async throws {
        let refused = try await self.steps("relay", "ws://127.0.0.1:1/")
        #expect(refused.map(\.outcome) == [.ok, .failed] + Array(repeating: .skipped, count: 4))
        #expect(refused[1].cure?.contains("port") == true)
        try await withRelay("socketio") { server, _ in
            let steps = try await self.steps("socketio", server.url, ["path": "/elsewhere/"])
            let failed = try #require(steps.first { $0.outcome == .failed })
            #expect(
                failed.name == "http" && failed.text.contains("404") && failed.cure?.contains("backend.path") == true)
        }
        try await withRelay("relay") { server, _ in
            let steps = try await self.steps("relay", server.url.replacing("ws://", with: "wss://"))
            let failed = try #require(steps.first { $0.outcome == .failed })
            #expect(failed.name == "tls", "\(failed)")
        }
    }

    @Test func `what a server says in its refusal is told, but no secret`() async throws {
        let server = try await ScriptedServer.start { request in
            let body = "no entry: \(request.split(separator: "\r\n")[0])"
            let fields = "WWW-Authenticate: Bearer realm=x\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            return [Array("HTTP/1.1 401 Unauthorized\r\n\(fields)\(body)".utf8)]
        }
        let steps = try await self.steps("relay", server.url + "?token=Geheim-1")
        try await server.stop()
        let failed = try #require(steps.first { $0.outcome == .failed })
        #expect(failed.name == "http" && failed.text.contains("Bearer realm=x"), "\(failed)")
        #expect(failed.text.contains("no entry: GET /?token=*** HTTP/1.1") && !failed.text.contains("Geheim"))
    }

    @Test func `a proxy's URL may stand among the options`() throws {
        let reference = try BackendReference.parse("relay?proxy=http://u:p@127.0.0.1:3128:ws://h:1/?next=http://x/")
        #expect(reference.options == ["proxy": "http://u:p@127.0.0.1:3128"])
        #expect(reference.url?.text == "ws://h:1/?next=http://x/")
    }
}
