import NIOCore
import NIOPosix
import Signaling
import TestKit
import Testing

@testable import Backends

/// The HTTP carrier against a server that we did not write: Python's `http.server`.
@Suite(.enabled(if: Lane.isSerial, "the server is another program"), .timeLimit(.minutes(1)))
struct HTTPServerTests {
    @Test func `events and polls of a real server are heard in order, and its refusals by name`() async throws {
        let python = try PythonPeer.required()
        let words = [python.interpreter, PythonPeer.path(of: "http_news.py")]
        try await LaunchedServer.with(words, ready: .says("ready")) { server in
            let port = try #require(server.output.split(whereSeparator: \.isWhitespace).last)
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let settings = BackendSettings(id: "socketio", url: try BackendURL.parse("http://127.0.0.1:\(port)/"))
            let events = try await Peer.open(settings, on: group.next())
            let polls = try await Peer.open(settings, on: group.next())
            try await events.tell { $0.listen(.events, path: "/events/r") }
            try await polls.tell { $0.listen(.polls, path: "/poll/r") }
            try await eventually("the stream is open") { try await events.told == ["listening"] }
            // Longer than the server holds a poll without news.
            try await Task.sleep(nanoseconds: 1_200_000_000)
            let said = (0..<200).map { "\($0) é😀" + ($0 % 50 == 7 ? "\nand more" : "") }
            try await polls.tell { out in
                // The first answer sets a cookie, without which nothing is taken.
                out.request("POST", path: "/r", body: ByteBuffer(string: "nobody"), tag: 1)
                for text in said { out.request("POST", path: "/r", body: ByteBuffer(string: text), tag: 2) }
                out.request("POST", path: "/r", body: ByteBuffer(string: String(repeating: "x", count: 2_000)), tag: 3)
                out.request("POST", path: "/r", body: ByteBuffer(string: "bye"), tag: 4)
            }
            try await eventually("both heard the end") {
                let texts = try await (events.told.last, polls.told.last { $0.hasPrefix("event") })
                return texts.0 == "event 201: bye" && texts.1 == "event : bye"
            }
            #expect(
                try await events.told.dropFirst().dropLast()
                    == ArraySlice(said.enumerated().map { "event \($0 + 1): \($1)" }))
            let told = try await polls.told
            #expect(told.filter { $0.hasPrefix("event") }.dropLast() == ArraySlice(said.map { "event : \($0)" }))
            let answers = told.filter { $0.hasPrefix("answer") }
            #expect(answers == ["answer 1 200"] + said.map { _ in "answer 2 201" } + ["answer 3 413", "answer 4 201"])
            try await eventually("the server ended the stream") { try await events.ending == .peerClosed }
            #expect(try await polls.ending == nil)
            try await polls.close()
            let lost = try await Peer.open(settings, on: group.next())
            try await lost.tell { $0.listen(.events, path: "/nowhere") }
            try await eventually("a refusal is named") { try await lost.ending != nil }
            #expect("\(try #require(try await lost.ending))".contains("HTTP 404: no such place"))
            try await group.shutdownGracefully()
        }
    }

    /// One carrier on its loop, and what it told.
    final class Peer: Sendable {
        private final class Owner: TransportOwner {
            var told: [String] = []
            var ending: CloseReason?
            var transport: HTTPTransport?
            let opened: EventLoopPromise<Void>

            init(_ opened: EventLoopPromise<Void>) { self.opened = opened }

            func opened(_ transport: any Transport, early: [ByteBuffer]) { self.opened.succeed(()) }

            func received(message: ByteBuffer) {
                var rest = message
                switch try? HTTPIncoming(&rest) {
                case .listening: self.told.append("listening")
                case .event(_, let id): self.told.append("event \(id): \(String(buffer: rest))")
                case .answer(let tag, let status, _): self.told.append("answer \(tag) \(status)")
                case nil: self.told.append("?")
                }
            }

            func endOfRead() {}
            func ended(_ reason: CloseReason) { self.ending = reason }
            func failed(_ error: DialError) { self.opened.fail(error) }
        }

        private let owner: NIOLoopBound<Owner>
        private let loop: any EventLoop

        private init(_ owner: NIOLoopBound<Owner>, _ loop: any EventLoop) {
            self.owner = owner
            self.loop = loop
        }

        static func open(_ settings: BackendSettings, on loop: any EventLoop) async throws -> Peer {
            let endpoint = try Endpoint(settings)
            let owner = try await loop.submit {
                let owner = Owner(loop.makePromise())
                let transport = HTTPTransport(owner, endpoint, HTTPPlan(), on: loop)
                owner.transport = transport
                transport.open(cookie: nil)
                return NIOLoopBound(owner, eventLoop: loop)
            }.get()
            try await loop.flatSubmit { owner.value.opened.futureResult }.get()
            return Peer(owner, loop)
        }

        func tell(_ write: @escaping @Sendable (inout Outbox) -> Void) async throws {
            try await self.ask { owner in
                var outbox = Outbox(seed: 1, framing: .messages)
                write(&outbox)
                owner.transport?.write(&outbox)
                owner.transport?.flush()
            }
        }

        var told: [String] { get async throws { try await self.ask { $0.told } } }
        var ending: CloseReason? { get async throws { try await self.ask { $0.ending } } }
        func close() async throws { try await self.ask { $0.transport?.close() } }

        private func ask<R: Sendable>(_ question: @escaping @Sendable (Owner) -> R) async throws -> R {
            let owner = self.owner
            return try await self.loop.submit { question(owner.value) }.get()
        }
    }
}
