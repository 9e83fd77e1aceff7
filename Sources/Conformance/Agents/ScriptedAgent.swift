import Backends
import Measure
import NIOCore
import Signaling

/// One member that does what a case tells it to: the connection of a load run, without its plan.
///
/// Confined to the case's event loop.
final class ScriptedAgent {
    let index: Int
    let board: CaseBoard
    private let home: ConnectionLoop
    private(set) var state = AgentState.absent
    /// As the backend or the dialect named it; empty before.
    private(set) var id = PeerID(bytes: [])
    /// The ``RoomLabel`` of the room that it is, or is about to be, a member of.
    private(set) var room: String?
    private(set) var inbox: [Heard] = []
    private(set) var refusals: [Refusal] = []
    /// Ids of members that came and went, by the backend's word.
    private(set) var peersJoined: [PeerID] = []
    private(set) var peersLeft: [(id: PeerID, t: Int64)] = []
    /// Why the last connection ended, and when; nil while one is open.
    private(set) var closing: (reason: CloseReason, t: Int64)?
    /// Called for each message that passes the filter, before anything else is read.
    var onMessage: ((Heard) -> Void)?
    /// Everything that came on the wire, once ``tapWire()`` was called.
    private(set) var wire: [UInt8] = []
    /// Times of pings that the server sent.
    private(set) var pings: [Int64] = []
    private var isTapped = false
    private(set) var connection: Connection?
    private var resumption = Resumption.none
    private var left: Set<String> = []
    private var nextNumber = 0
    private var unacknowledged: Set<Int> = []
    private(set) var acknowledged: Set<Int> = []

    /// Bytes of wire that are kept at most.
    private static let wireBound = 8 << 20

    init(index: Int, board: CaseBoard, home: ConnectionLoop) {
        self.index = index
        self.board = board
        self.home = home
    }

    var isJoined: Bool { self.state == .joined }
    var isOpen: Bool { self.connection?.isOpen ?? false }

    /// Keeps a copy of all bytes that come from now on.
    func tapWire() { self.isTapped = true }

    /// Whether some text came on the wire; only what was tapped is known.
    func wireContains(_ text: String) -> Bool { self.wire.firstRange(of: Array(text.utf8)) != nil }

    // MARK: Connecting

    /// Notes that a connection is begun, and asks for what it needs first.
    func beginConnecting() -> EventLoopFuture<Ticket> {
        self.state = .connecting
        self.closing = nil
        self.room = nil
        self.board.note(self, .connect, .invoke)
        return self.home.asksForTicket
            ? self.home.prepare(account: self.index) : self.home.loop.makeSucceededFuture(.none)
    }

    /// Begins a connection, the first or a further one.
    ///
    /// - Parameters:
    ///   - ticket: what ``beginConnecting()`` obtained.
    ///   - resuming: whether it takes over what the last one left, and so may resume its session.
    /// - Throws: ``BackendError`` for settings that make no sense.
    func connect(_ ticket: Ticket, resuming: Bool) throws {
        self.connection = try self.home.connect(
            account: self.index, ticket: ticket, resuming: resuming ? self.resumption : .none, owner: self)
        self.connection?.observer = self
    }

    func connectFailed(_ text: String) {
        self.state = .closed
        self.board.note(self, .connect, .fail, text)
    }

    // MARK: Commands

    /// Joins begun so far, so that the grace of one is not taken for that of the next.
    private var joins = 0

    func beginJoining(_ name: String) {
        let room = RoomLabel.of(name)
        self.room = room
        self.state = .joining
        self.joins += 1
        let join = self.joins
        self.board.note(self, .join, .invoke, room: room)
        let submission = self.command(.join(room: name))
        if submission == .refused {
            self.state = .welcomed
            self.board.note(self, .join, .fail, room: room)
        } else if !self.board.capabilities.joinConfirmed {
            self.board.after(self.home.endpoint.settings.joinGrace, self) { agent in
                if agent.state == .joining, agent.joins == join { agent.joined() }
            }
        }
    }

    /// Sends one message with a content of the caller's.
    ///
    /// - Parameters:
    ///   - content: JSON text of the member `content`; nil for none.
    ///   - target: whom it is for.
    ///   - kind: the message's `type`.
    ///   - members: further members, each with a comma before it.
    /// - Returns: the message.
    @discardableResult
    func push(
        _ content: String? = nil, to target: ScriptedAgent? = nil, kind: SignalKind = .chatter, members: String = ""
    ) -> MessageKey {
        let key = self.begin(content, to: target?.index)
        var text: [UInt8] = []
        let extra = (content.map { #","content":\#($0)"# } ?? "") + members
        SignalTemplate.append(
            kind: kind, from: self.id, sendto: target?.id, tag: self.board.tag(key), body: Array(extra.utf8), to: &text)
        self.submit(ByteBuffer(bytes: text), to: target.map { .peer($0.id) } ?? .room, key)
        return key
    }

    /// Sends a signal whose JSON the case wrote itself; nobody is owed it unless `isOwed`.
    @discardableResult
    func push(json text: String, to target: Target = .room, isOwed: Bool = false) -> MessageKey {
        let key = self.begin(nil, to: nil, isOwed: isOwed)
        let tag = self.board.tagText(key)
        self.submit(ByteBuffer(string: text.replacing("$TAG", with: tag)), to: target, key)
        return key
    }

    private func begin(_ content: String?, to target: Int?, isOwed: Bool = true) -> MessageKey {
        let key = MessageKey(from: self.index, n: self.nextNumber)
        self.nextNumber += 1
        let digest = content.flatMap { JSONTree($0)?.digest }
        self.board.pushed(key, room: self.isJoined ? self.room : nil, to: target, digest: digest, isOwed: isOwed)
        return key
    }

    private func submit(_ signal: ByteBuffer, to target: Target, _ key: MessageKey) {
        let submission = self.command(.send(signal: signal, to: target, id: UInt64(key.n)))
        switch submission {
        case .refused: self.board.settled(key, .fail)
        case .written, .queued:
            if self.board.capabilities.ack == .none {
                self.board.settled(key, .ok)
            } else {
                self.unacknowledged.insert(key.n)
            }
        }
    }

    func leave() {
        guard let room = self.room else { return }
        self.board.note(self, .leave, .invoke, room: room)
        let submission = self.command(.leave)
        self.board.leftRoom(self)
        self.state = .welcomed
        self.room = nil
        self.left.insert(room)
        self.board.note(self, .leave, submission == .refused ? .fail : .ok, room: room)
    }

    /// Ends the connection with the dialect's goodbye.
    func closeGracefully() {
        self.board.note(self, .close, .invoke)
        self.board.leftRoom(self)
        self.connection?.closeGracefully(at: self.board.now)
        self.home.flush()
    }

    /// Ends the connection at once, with FIN or with RST.
    func cut(reset: Bool = false) {
        self.board.note(self, .close, .invoke)
        self.board.leftRoom(self)
        if reset { self.connection?.reset() } else { self.connection?.drop() }
    }

    /// Neither reads nor writes any more and keeps the connection open: a machine that sleeps.
    func freeze() {
        self.board.note(self, .close, .invoke)
        self.board.leftRoom(self)
        self.connection?.freeze()
    }

    func pauseReads() { self.connection?.pauseReads() }
    func resumeReads() { self.connection?.resumeReads() }

    /// Writes bytes below dialect and framing.
    func raw(_ bytes: [UInt8]) { self.connection?.raw(ByteBuffer(bytes: bytes)) }

    /// Writes a text frame, or bytes where the carrier has no frames.
    func rawText(_ text: String) { self.connection?.rawText(text) }

    @discardableResult
    func command(_ command: Command) -> Submission {
        let submission = self.connection?.send(command, at: self.board.now) ?? .refused
        self.home.flush()
        return submission
    }

    // MARK: What comes

    private func handle(_ event: Inbound, in bytes: ByteBuffer) {
        switch event {
        case .welcomed(let id):
            self.id = id
            self.state = .welcomed
            self.board.note(self, .connect, .ok, id.description)
        case .joined: self.joined()
        case .signal(let head, let body):
            let sender = self.text(head.from, in: bytes)
            var all = bytes
            all.moveReaderIndex(to: body.lowerBound)
            self.heard(head, sender, Array(all.readableBytesView.prefix(body.count)))
        case .overheard(let head): self.heard(head, self.text(head.from, in: bytes), [])
        case .peerJoined(let id): self.peersJoined.append(id)
        case .peerLeft(let id):
            self.peersLeft.append((id, self.board.elapsed))
            self.board.note(self, .left, .info, id.description)
        case .acked(let id):
            self.acknowledged.insert(Int(id))
            if self.unacknowledged.remove(Int(id)) != nil {
                self.board.settled(MessageKey(from: self.index, n: Int(id)), .ok)
            }
        case .refused(let refusal):
            self.refusals.append(refusal)
            if refusal.subject == .join, self.state == .joining, let room = self.room {
                self.board.note(self, .join, .fail, refusal.code, room: room)
                self.state = .welcomed
                self.room = nil
            }
        case .sent, .resumed, .control, .closed: break
        }
    }

    private func text(_ range: Range<Int>, in bytes: ByteBuffer) -> String {
        var all = bytes
        all.moveReaderIndex(to: range.lowerBound)
        let raw = all.readableBytesView.prefix(range.count)
        if let tree = JSONTree([UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]), let text = tree.text { return text }
        return String(decoding: raw, as: UTF8.self)
    }

    private func heard(_ head: SignalHead, _ from: String, _ text: [UInt8]) {
        if let tag = head.tag, tag.run != self.board.run {
            // What another case of this suite let through is that case's finding, whichever runs beside it.
            if (tag.run ^ self.board.run) & ~CaseBoard.caseMask != 0 { self.board.foreign += 1 }
            return
        }
        let key = head.tag.map { MessageKey(from: Int($0.sender), n: Int($0.n)) }
        let heard = Heard(
            t: self.board.elapsed, key: key, kind: head.kind, from: from, verdict: head.verdict, text: text)
        self.board.deliver(heard, to: self)
    }

    /// A message as it came through whatever stood between.
    func receive(_ heard: Heard) {
        self.inbox.append(heard)
        self.board.received(heard, by: self)
        if heard.isMine { self.onMessage?(heard) }
    }

    private func joined() {
        guard self.state == .joining, let room = self.room else { return }
        self.state = .joined
        self.left.remove(room)
        self.board.note(self, .join, .ok, room: room)
        self.board.mutant?.joined(self)
    }

    /// Whether it was a member of a room, left it, and is still connected.
    func hasLeft(_ room: String) -> Bool { self.left.contains(room) && self.isOpen }

    /// What the backend sent to this agent against RFC 6455, or as several messages in one; nil for nothing.
    private(set) var breach: String?

    private static func isWireBreach(_ detail: String) -> Bool {
        detail.contains("RFC 6455") || detail.contains("several JSON values")
    }

    private func closed(_ reason: CloseReason) {
        guard self.state != .closed else { return }
        self.closing = (reason, self.board.elapsed)
        if case .protocolViolation(let detail) = reason, Self.isWireBreach(detail) { self.breach = detail }
        if self.state == .joining, let room = self.room {
            self.board.note(self, .join, .fail, "\(reason)", room: room)
        }
        let wasJoined = self.state == .joined
        self.state = .closed
        self.board.leftRoom(self)
        if wasJoined, let room = self.room { self.board.mutant?.departed(self, from: room) }
        for n in self.unacknowledged { self.board.settled(MessageKey(from: self.index, n: n), .info) }
        self.unacknowledged = []
        self.board.note(self, .close, .ok, "\(reason)")
    }
}

extension ScriptedAgent: ConnectionOwner, ConnectionObserver {
    func opened(_ connection: Connection, at now: Instant) {}

    func received(_ event: Inbound, in bytes: ByteBuffer, from connection: Connection, at now: Instant) {
        guard connection === self.connection else { return }
        self.handle(event, in: bytes)
    }

    func ended(_ connection: Connection, _ ending: ConnectionEnding, at now: Instant) {
        guard connection === self.connection else { return }
        self.connection = nil
        self.resumption = ending.resumption
        self.closed(ending.reason)
    }

    func read(_ bytes: ByteBuffer) {
        guard self.isTapped, self.wire.count < Self.wireBound else { return }
        self.wire.append(contentsOf: bytes.readableBytesView)
    }

    func pinged(at now: Instant) { self.pings.append(self.board.elapsed) }
}
