import NIOCore
import NIOPosix
import Signaling

@testable import Backends

/// One member of a backend that really runs, over the connection of a load run.
///
/// Every method may be called from any task; the member lives on its event loop.
final class LiveMember: Sendable {
    /// What a member received: the message's text, whether or not it was for this member.
    struct Received: Sendable {
        var text: String
        var isMine: Bool
    }

    private let member: NIOLoopBound<Member>
    private let loop: any EventLoop

    private init(member: NIOLoopBound<Member>, loop: any EventLoop) {
        self.member = member
        self.loop = loop
    }

    /// Connects, and joins a room.
    ///
    /// - Throws: ``DialError``, or a ``DialectError`` when the member was not let in within ten seconds.
    static func join(_ room: String, _ settings: BackendSettings, on loop: any EventLoop) async throws -> LiveMember {
        let member = try await loop.submit {
            let home = try ConnectionLoop(loop, to: Endpoint(settings), seed: .random(in: 0 ... .max))
            return NIOLoopBound(Member(home, room: room), eventLoop: loop)
        }.get()
        let ticket = try await loop.flatSubmit {
            let home = member.value.home
            let ticket = home.asksForTicket ? home.prepare() : loop.makeSucceededFuture(.none)
            ticket.whenFailure { member.value.joined.fail($0) }
            return ticket
        }.get()
        let joined = try await loop.submit {
            try member.value.connect(ticket)
            return member.value.joined.futureResult
        }.get()
        try await joined.get()
        return LiveMember(member: member, loop: loop)
    }

    private func ask<R: Sendable>(_ question: @escaping @Sendable (Member) throws -> R) async throws -> R {
        let member = self.member
        return try await self.loop.submit { try question(member.value) }.get()
    }

    var id: PeerID { get async throws { try await self.ask { $0.id } } }

    /// Sends a signal to the room or to one member.
    @discardableResult
    func send(_ text: String, to target: Target = .room) async throws -> Submission {
        try await self.ask { $0.send(text, target) }
    }

    /// Everything received so far.
    var received: [Received] { get async throws { try await self.ask { $0.received } } }

    /// Whether the connection is gone.
    var isClosed: Bool { get async throws { try await self.ask { $0.connection == nil } } }

    /// Lets everything that comes wait in the socket.
    func stopReading() async throws { try await self.ask { $0.connection?.pauseReads() } }

    /// Closes the connection, and waits for its end.
    func close() async throws {
        try await self.ask { $0.connection?.close() }
        while try await !self.isClosed { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// The member on its loop.
    final class Member: ConnectionOwner {
        let home: ConnectionLoop
        private(set) var connection: Connection?
        private(set) var received: [Received] = []
        private(set) var id = PeerID(bytes: [])
        let joined: EventLoopPromise<Void>
        private let room: String

        init(_ home: ConnectionLoop, room: String) {
            self.home = home
            self.room = room
            self.joined = home.loop.makePromise()
            let joined = self.joined
            home.loop.scheduleTask(in: .seconds(10)) {
                joined.fail(DialectError(code: .timeout, message: "not joined within ten seconds"))
            }
        }

        func connect(_ ticket: Ticket) throws { self.connection = try self.home.connect(ticket: ticket, owner: self) }

        func send(_ text: String, _ target: Target) -> Submission {
            let command = Command.send(signal: ByteBuffer(string: text), to: target, id: 1)
            let submission = self.connection?.send(command, at: self.home.now) ?? .refused
            self.home.flush()
            return submission
        }

        func opened(_ connection: Connection, at now: Instant) {}

        func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
            switch event {
            case .welcomed(let id):
                self.id = id
                _ = connection.send(.join(room: self.room), at: now)
            case .joined: self.joined.succeed(())
            case .signal(_, let body):
                var all = bytes
                all.moveReaderIndex(to: body.lowerBound)
                self.received.append(Received(text: all.readString(length: body.count) ?? "", isMine: true))
            case .overheard: self.received.append(Received(text: "", isMine: false))
            case .refused(let refusal): self.joined.fail(DialectError(code: .unexpected, message: refusal.message))
            case .peerJoined, .peerLeft, .sent, .acked, .resumed, .control, .closed: break
            }
        }

        func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
            self.connection = nil
            if case .notOpened(let error) = ending.reason { return self.joined.fail(error) }
            self.joined.fail(DialectError(code: .unexpected, message: "the connection ended: \(ending.reason)"))
        }
    }
}

@available(*, unavailable)
extension LiveMember.Member: Sendable {}
