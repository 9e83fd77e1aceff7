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

    mutating func clearRequired(_ handle: Int) {
        let at = handle * self.words * 2
        for i in 0..<self.words { self.storage[at + i] = 0 }
    }

    func isRequired(_ handle: Int, _ slot: Int) -> Bool {
        self.storage[handle * self.words * 2 + slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    mutating func setRequired(_ handle: Int, _ slot: Int, _ value: Bool) {
        let at = handle * self.words * 2 + slot >> 6
        let bit = UInt64(1) << UInt64(slot & 63)
        if value { self.storage[at] |= bit } else { self.storage[at] &= ~bit }
    }

    func isSeen(_ handle: Int, _ slot: Int) -> Bool {
        self.storage[handle * self.words * 2 + self.words + slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    /// Marks the slot as seen; false when it already was.
    mutating func see(_ handle: Int, _ slot: Int) -> Bool {
        let at = handle * self.words * 2 + self.words + slot >> 6
        let bit = UInt64(1) << UInt64(slot & 63)
        if self.storage[at] & bit != 0 { return false }
        self.storage[at] |= bit
        return true
    }
}
