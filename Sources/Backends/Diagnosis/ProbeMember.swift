import NIOCore
import Signaling
import Synchronization

/// One member of a room, for a diagnosis: connects, joins, and sends or hears one message.
final class ProbeMember: Sendable {
    private let room: String
    private let account: Int
    private let member = Mutex<NIOLoopBound<Member>?>(nil)

    init(room: String, account: Int) {
        self.room = room
        self.account = account
    }

    /// Begins to connect.
    func connect(_ endpoint: Endpoint, on loop: any EventLoop) async throws {
        let room = self.room
        let account = self.account
        let member = try await loop.submit {
            let home = try ConnectionLoop(loop, to: endpoint, seed: UInt64(loop.now.uptimeNanoseconds))
            return NIOLoopBound(Member(home, room: room), eventLoop: loop)
        }.get()
        self.member.withLock { $0 = member }
        let ticket = try await loop.flatSubmit {
            let home = member.value.home
            return home.asksForTicket ? home.prepare(account: account) : loop.makeSucceededFuture(.none)
        }.get()
        try await loop.submit { try member.value.connect(ticket, account: account) }.get()
    }

    /// Waits for the welcome.
    func greeted() async throws -> String {
        let id = try await self.wait { $0.welcomed.futureResult }
        return "welcomed as \(id)"
    }

    /// What the server said of its limits so far, in words; empty where it said nothing.
    func limits() async throws -> String { try await self.bound().limits }

    /// Waits for the answer to the join, as long as a run would.
    func joined() async throws -> String {
        let isConfirmed = try await self.wait { $0.joined.futureResult }
        let text = isConfirmed ? "confirmed by the server" : "as far as can be known: the server confirms no joins"
        return "joined, " + text
    }

    /// Sends a message to the room and waits until the other has it, and back.
    func exchange(with other: ProbeMember) async throws -> String {
        let loop = try self.bound().loop
        let began = loop.now
        try await self.say("there")
        try await other.hear("there")
        let there = loop.now
        try await other.say("back")
        try await self.hear("back")
        func milliseconds(_ time: TimeAmount) -> String { "\(Double(time.nanoseconds / 10_000) / 100) ms" }
        return "there in \(milliseconds(there - began)), back in \(milliseconds(loop.now - there))"
    }

    func close() async {
        guard let member = try? self.bound() else { return }
        try? await member.loop.submit { member.bound.value.close() }.get()
    }

    private func bound() throws -> Handle {
        guard let member = self.member.withLock({ $0 }) else { throw DialError(code: .other, message: "not connected") }
        return Handle(bound: member)
    }

    private func say(_ word: String) async throws {
        let member = try self.bound()
        let submission = try await member.loop.submit { member.bound.value.say(word) }.get()
        if submission == .refused { throw DialError(code: .other, message: "a message could not be sent") }
    }

    private func hear(_ word: String) async throws {
        try await self.wait { $0.hears(word) }
    }

    private func wait<T: Sendable>(_ future: @escaping @Sendable (Member) -> EventLoopFuture<T>) async throws -> T {
        let member = try self.bound()
        return try await member.loop.flatSubmit { future(member.bound.value) }.get()
    }

    /// A member from any task.
    private struct Handle: Sendable {
        let bound: NIOLoopBound<Member>
        var loop: any EventLoop { self.bound.eventLoop }

        /// What the server said of its limits, in words; empty where it said nothing.
        var limits: String {
            get async throws {
                let bound = self.bound
                let all = try await self.loop.submit { bound.value.announced }.get()
                let text = all.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
                return text.isEmpty ? "" : "; the server says: \(text)"
            }
        }
    }

    /// The member on its loop.
    final class Member: ConnectionOwner {
        let home: ConnectionLoop
        let welcomed: EventLoopPromise<String>
        let joined: EventLoopPromise<Bool>
        private let room: String
        private var connection: Connection?
        private var id: [UInt8] = []
        private var heard: Set<String> = []
        private var waiting: [String: EventLoopPromise<Void>] = [:]
        private var ending: DialError?
        /// What came where a signal was awaited, and is none of ours.
        private var strange = ""

        init(_ home: ConnectionLoop, room: String) {
            self.home = home
            self.room = room
            self.welcomed = home.loop.makePromise()
            self.joined = home.loop.makePromise()
        }

        /// What the server said of its limits.
        var announced: [Announcement] {
            let floor = self.connection?.adapterFloor.map {
                [Announcement(name: "answers of the adapter took", value: $0)]
            }
            return (self.connection?.announced ?? []) + (floor ?? [])
        }

        /// What came and no setting names, in words; empty where nothing did.
        private var insteadOfIt: String {
            let line = self.connection?.overlooked.line ?? ""
            if !self.strange.isEmpty { return "; what came in its place is no signal: \(self.strange)" }
            return line.isEmpty ? "" : "; what came instead, and no setting names: \(line)"
        }

        func connect(_ ticket: Ticket, account: Int) throws {
            self.connection = try self.home.connect(account: account, ticket: ticket, owner: self)
            let settings = self.home.endpoint.settings
            // Most dialects know what they wait for and say so before that.
            self.after(settings.connectTimeout * 2) { member in
                member.welcomed.fail(DialError(code: .timeout, message: "no greeting in time"))
            }
        }

        func say(_ word: String) -> Submission {
            var text = Array(#"{"type":"chatter","from":""#.utf8)
            JSONText.appendEscaped(self.id, to: &text)
            text += Array(#"","word":"\#(word)"}"#.utf8)
            let command = Command.send(signal: ByteBuffer(bytes: text), to: .room, id: 1)
            let submission = self.connection?.send(command, at: self.home.now) ?? .refused
            self.home.flush()
            return submission
        }

        func hears(_ word: String) -> EventLoopFuture<Void> {
            let promise = self.home.loop.makePromise(of: Void.self)
            if let ending {
                promise.fail(ending)
            } else if self.heard.contains(word) {
                promise.succeed(())
            } else {
                self.waiting[word] = promise
                self.after(self.home.endpoint.settings.connectTimeout) { member in
                    member.waiting.removeValue(forKey: word)?.fail(
                        DialError(
                            code: .other,
                            message: "a message to the room did not arrive at its other member\(member.insteadOfIt)"))
                }
            }
            return promise.futureResult
        }

        func close() {
            self.connection?.closeGracefully(at: self.home.now)
            self.home.flush()
        }

        private func after(_ nanoseconds: Int64, _ body: @escaping (Member) -> Void) {
            let bound = NIOLoopBound((self, body), eventLoop: self.home.loop)
            self.home.loop.scheduleTask(in: .nanoseconds(nanoseconds)) { bound.value.1(bound.value.0) }
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            switch event {
            case .welcomed(let id):
                self.id = id.bytes
                _ = connection.send(.join(room: self.room), at: now)
                self.welcomed.succeed(String(decoding: id.bytes, as: UTF8.self))
                let settings = self.home.endpoint.settings
                if (try? BackendCatalogue.capabilities(settings))?.joinConfirmed != true {
                    self.after(settings.joinGrace) { $0.joined.succeed(false) }
                }
            case .joined(let isConfirmed): if isConfirmed { self.joined.succeed(true) }
            case .signal(let head, let body):
                var all = bytes
                all.moveReaderIndex(to: body.lowerBound)
                // A run would not know it for a signal, either.
                guard head.kind == .chatter else {
                    self.strange = Secrets.excerpt(all.readableBytesView.prefix(body.count))
                    return
                }
                // Who writes JSON anew may put spaces into it.
                let text = (all.readString(length: body.count) ?? "").filter { $0 != " " }
                for word in ["there", "back"] where text.contains(#""word":"\#(word)""#) {
                    self.heard.insert(word)
                    self.waiting.removeValue(forKey: word)?.succeed(())
                }
            case .refused(let refusal) where refusal.subject == .join:
                self.joined.fail(DialError(code: .other, message: refusal.message))
            case .overheard, .refused, .peerJoined, .peerLeft, .sent, .acked, .resumed, .control, .closed: break
            }
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            let error: DialError =
                if case .notOpened(let error) = ending.reason { error } else {
                    DialError(code: Self.code(of: ending.reason), message: "the connection ended: \(ending.reason)")
                }
            self.ending = error
            self.welcomed.fail(error)
            self.joined.fail(error)
            for promise in self.waiting.values { promise.fail(error) }
            self.waiting = [:]
        }

        private static func code(of reason: CloseReason) -> DialError.Code {
            if case .timeout = reason { return .timeout }
            return .closed
        }

        deinit {
            let error = DialError(code: .other, message: "given up")
            self.welcomed.fail(error)
            self.joined.fail(error)
        }
    }
}

@available(*, unavailable)
extension ProbeMember.Member: Sendable {}
