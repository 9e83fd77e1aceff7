/// A pool of equally wide bit sets over the slots of a room.
///
/// A record owns two consecutive sets (required, seen) under one handle; sets are recycled, never shrunk.
struct SlotSets: Sendable {
    let words: Int
    private var storage: [UInt64] = []

    init(slots: Int) { self.words = max(1, (slots + 63) / 64) }

    /// Makes room for handles below `count`.
    mutating func grow(to count: Int) {
        let need = count * self.words * 2
        if self.storage.count < need {
            self.storage.append(contentsOf: repeatElement(0, count: need - self.storage.count))
        }
    }

    /// Starts a handle with `required` as its required set and nothing seen.
    mutating func reset(_ handle: Int, required: [UInt64]) {
        let at = handle * self.words * 2
        for i in 0..<self.words {
            self.storage[at + i] = required[i]
            self.storage[at + self.words + i] = 0
        }
    }

    func isRequired(_ handle: Int, _ slot: Int) -> Bool {
        self.storage[handle * self.words * 2 + slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    mutating func clearRequired(_ handle: Int, _ slot: Int) {
        self.storage[handle * self.words * 2 + slot >> 6] &= ~(1 << UInt64(slot & 63))
    }

    func isSeen(_ handle: Int, _ slot: Int) -> Bool {
        self.storage[handle * self.words * 2 + self.words + slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    /// Marks the slot as seen.
    ///
    /// - Returns: whether it is required; nil when it was seen before.
    @inline(__always)
    mutating func see(_ handle: Int, _ slot: Int) -> Bool? {
        let at = handle &* self.words &* 2 &+ slot >> 6
        let bit = UInt64(1) &<< UInt64(slot & 63)
        let seen = self.storage[at &+ self.words]
        guard seen & bit == 0 else { return nil }
        self.storage[at &+ self.words] = seen | bit
        return self.storage[at] & bit != 0
    }

    /// Visits the slots that saw it, or those that are required to and did not.
    func forEach(_ handle: Int, seen: Bool, _ visit: (Int) -> Void) {
        let at = handle * self.words * 2
        for i in 0..<self.words {
            let saw = self.storage[at + self.words + i]
            var bits = seen ? saw : self.storage[at + i] & ~saw
            while bits != 0 {
                visit(i << 6 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }

    /// Bytes that it takes.
    var bytes: Int { self.storage.capacity * 8 }
}

/// What each receiver saw last of the streams in which order can be broken: those with several messages under way.
///
/// One row of counters a stream, recycled; a room whose streams have one message each under way has none.
struct OrderMarks: Sendable {
    private let width: Int
    private var storage: [UInt32] = []
    private var free: [Int32] = []

    init(width: Int) { self.width = width }

    /// A row in which nobody saw anything.
    mutating func take() -> Int32 {
        guard let handle = self.free.popLast() else {
            self.storage.append(contentsOf: repeatElement(0, count: self.width))
            return Int32(self.storage.count / self.width - 1)
        }
        let at = Int(handle) * self.width
        for i in at..<at + self.width { self.storage[i] = 0 }
        return handle
    }

    mutating func release(_ handle: Int32) {
        guard handle >= 0 else { return }
        self.free.append(handle)
        // After a burst, not after each message.
        if self.free.count > 64, self.free.count * self.width == self.storage.count {
            self.storage = []
            self.free = []
        }
    }

    /// Notes a receipt; whether a later message of the stream was there before it.
    @inline(__always)
    mutating func note(_ handle: Int32, _ place: Int, _ n: UInt32) -> Bool {
        let at = Int(handle) * self.width + place
        if n < self.storage[at] { return true }
        self.storage[at] = n + 1
        return false
    }

    /// Whether the receiver saw anything of the stream.
    func saw(_ handle: Int32, _ place: Int) -> Bool { self.storage[Int(handle) * self.width + place] > 0 }

    /// Bytes that it takes.
    var bytes: Int { self.storage.capacity * 4 + self.free.capacity * 4 }
}
