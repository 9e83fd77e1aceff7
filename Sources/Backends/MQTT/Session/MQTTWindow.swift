import NIOCore

/// The QoS 1 and 2 messages that are on their way, in the order sent, found by packet identifier.
///
/// A message costs the same whatever else is on its way and in whatever order acknowledgements come: one that leaves from
/// the middle leaves a hole, which goes once it is at the front, or with all others when they are the greater part.
struct MQTTWindow: Sendable {
    private var slots = CircularBuffer<MQTTOutgoing?>()
    /// The number of the first slot; numbers rise with every message.
    private var base = 0
    /// The numbers of slots by packet identifier.
    private var places: [UInt16: Int] = [:]
    /// Slots that were passed on the way to others, for tests of the cost.
    private(set) var steps = 0

    var count: Int { self.places.count }
    var isEmpty: Bool { self.places.isEmpty }
    /// The message sent first.
    var first: MQTTOutgoing? { self.slots.first ?? nil }

    func contains(_ packetID: UInt16) -> Bool { self.places[packetID] != nil }

    /// The message of a packet identifier; setting it to nil takes it out.
    subscript(packetID: UInt16) -> MQTTOutgoing? {
        get { self.places[packetID].flatMap { self.slots[offset: $0 - self.base] } }
        set {
            guard let place = self.places[packetID] else { return }
            self.slots[offset: place - self.base] = newValue
            guard newValue == nil else { return }
            self.places[packetID] = nil
            self.close()
        }
    }

    /// Adds a message, which has its packet identifier.
    mutating func append(_ message: MQTTOutgoing) {
        self.places[message.packetID] = self.base + self.slots.count
        self.slots.append(message)
    }

    /// Takes the message that was sent last.
    mutating func popLast() -> MQTTOutgoing? {
        while let slot = self.slots.popLast() {
            self.steps += 1
            guard let message = slot else { continue }
            self.places[message.packetID] = nil
            self.close()
            return message
        }
        return nil
    }

    /// Passes all messages, first to last.
    mutating func forEach(_ body: (inout MQTTOutgoing) -> Void) {
        for index in self.slots.indices {
            guard var message = self.slots[index] else { continue }
            self.slots[index] = nil
            body(&message)
            self.slots[index] = message
        }
    }

    mutating func removeAll() {
        self.base += self.slots.count
        self.slots.removeAll()
        self.places.removeAll()
    }

    /// Closes holes: those at the front, and all when most of the slots are.
    private mutating func close() {
        while let slot = self.slots.first, slot == nil {
            self.slots.removeFirst()
            self.base += 1
            self.steps += 1
        }
        guard self.slots.count > 2 * self.count + 16 else { return }
        self.steps += self.slots.count
        self.slots = CircularBuffer(self.slots.lazy.filter { $0 != nil })
        for (offset, slot) in self.slots.enumerated() {
            if let slot { self.places[slot.packetID] = self.base + offset }
        }
    }
}
