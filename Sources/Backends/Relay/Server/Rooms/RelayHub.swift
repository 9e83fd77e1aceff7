import NIOCore

/// The rooms that live on one loop: who is in them, and in which order things happen there.
///
/// Everything about a room goes through its hub, so that all members see one order of messages, arrivals and departures,
/// with or without delay.
final class RelayHub {
    private let mode: RelayMode
    private let delay: Int64
    private let echo: Bool
    private let number: Int
    private let loop: any EventLoop
    /// All loops of the server, this one's included.
    var peers: [RelayLoopReference] = []
    private var rooms: [[UInt8]: RelayRoom] = [:]
    private var held = CircularBuffer<(due: NIODeadline, delivery: RelayDelivery)>()
    private var isAlarmSet = false

    init(mode: RelayMode, options: ServerOptions, number: Int, loop: any EventLoop) {
        self.mode = mode
        self.delay = options.delay
        self.echo = options.echo
        self.number = number
        self.loop = loop
    }

    var roomCount: Int { self.rooms.count }

    /// Lets a member in, tells it so, and tells the others where the mode wants that.
    func join(_ member: RelayMember, _ name: [UInt8], at now: NIODeadline) {
        let room = self.rooms[name] ?? RelayRoom(name: name, loops: self.peers.count)
        self.rooms[name] = room
        let isNew = room.add(member)
        var others: [[UInt8]]?
        if self.mode == .routed {
            others = room.seats.joined().map(\.member).filter { $0.id != member.id }.map(\.idText)
        }
        self.send(RelayReply.joined(room: name, members: others), to: member)
        if isNew, self.mode == .routed {
            self.tell(.peerJoined, of: member, in: room, at: now)
        }
    }

    /// Lets a member go by its own wish.
    func leave(_ member: RelayMember, _ name: [UInt8], at now: NIODeadline) {
        self.remove(member, name, at: now)
        self.send(RelayReply.left(room: name), to: member)
    }

    /// Lets a member go whose connection is gone.
    func remove(_ member: RelayMember, _ name: [UInt8], at now: NIODeadline) {
        guard let room = self.rooms[name], room.remove(member.id) else { return }
        if room.isEmpty {
            self.rooms[name] = nil
        } else if self.mode == .routed {
            self.tell(.peerLeft, of: member, in: room, at: now)
        }
    }

    /// Passes a signal on.
    ///
    /// - Parameters:
    ///   - frame: the frame that every receiver gets.
    ///   - sender: whose it is.
    ///   - target: the only member to get it; nil for all.
    ///   - name: the room.
    ///   - now: when the server received it.
    func publish(_ frame: ByteBuffer, by sender: RelayMember, to target: UInt64?, in name: [UInt8], at now: NIODeadline)
    {
        guard let room = self.rooms[name], room.seat(of: sender.id) != nil else {
            self.send(RelayReply.error(.notJoined, "you are not in that room", room: name), to: sender)
            return
        }
        let audience: RelayDelivery.Audience
        if let target {
            guard room.seat(of: target) != nil, target != sender.id || self.echo else {
                self.send(
                    RelayReply.error(.unknownTarget, "nobody else in the room has that id", room: name), to: sender)
                return
            }
            audience = .only(target)
        } else {
            audience = self.echo ? .everyone : .everyoneBut(sender.id)
        }
        self.pass(
            RelayDelivery(room: room, event: room.nextEvent(), audience: audience, frame: frame, isSignal: true),
            at: now)
    }

    private func tell(_ operation: RelayOperation, of member: RelayMember, in room: RelayRoom, at now: NIODeadline) {
        let frame = RelayReply.presence(operation, of: member, room: room.name)
        self.pass(
            RelayDelivery(
                room: room, event: room.nextEvent(), audience: .everyoneBut(member.id), frame: frame, isSignal: false),
            at: now)
    }

    // MARK: Delay

    /// Delivers, or holds back for exactly the delay after `now`; nothing overtakes what is held.
    private func pass(_ delivery: RelayDelivery, at now: NIODeadline) {
        guard self.delay > 0 else {
            self.deliver(delivery)
            return
        }
        let due = now + .nanoseconds(self.delay)
        self.held.append((max(due, self.held.last?.due ?? due), delivery))
        self.setAlarm()
    }

    private func setAlarm() {
        guard !self.isAlarmSet, let next = self.held.first else { return }
        self.isAlarmSet = true
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.scheduleTask(deadline: next.due) {
            let hub = bound.value
            hub.isAlarmSet = false
            hub.releaseDue()
        }
    }

    private func releaseDue() {
        let now = self.loop.now
        while let next = self.held.first, next.due <= now {
            self.held.removeFirst()
            self.deliver(next.delivery)
        }
        self.setAlarm()
    }

    // MARK: Delivery

    private func deliver(_ delivery: RelayDelivery) {
        switch delivery.audience {
        case .only(let id):
            guard let seat = delivery.room.seat(of: id), seat.joinedAt < delivery.event else { return }
            let frame = delivery.frame
            let isSignal = delivery.isSignal
            self.peers[seat.member.loop].run { _ in seat.member.connection.value.deliver(frame, isSignal: isSignal) }
        case .everyone:
            self.spread(delivery, except: nil)
        case .everyoneBut(let id):
            self.spread(delivery, except: id)
        }
    }

    /// Writes the one frame to every member, with one hop to each other loop that has any.
    private func spread(_ delivery: RelayDelivery, except sender: UInt64?) {
        let event = delivery.event
        let frame = delivery.frame
        let isSignal = delivery.isSignal
        for (number, seats) in delivery.room.seats.enumerated() where !seats.isEmpty {
            self.peers[number].run { _ in
                for seat in seats where seat.joinedAt < event && seat.member.id != sender {
                    seat.member.connection.value.deliver(frame, isSignal: isSignal)
                }
            }
        }
    }

    private func send(_ frame: ByteBuffer, to member: RelayMember) {
        self.peers[member.loop].run { _ in member.connection.value.deliver(frame, isSignal: false) }
    }
}

@available(*, unavailable)
extension RelayHub: Sendable {}
