/// The outstanding messages of one sender's instance, by their number.
struct MessageStream: Sendable {
    let sender: Int32
    let instance: UInt16
    /// Number the next message gets.
    private(set) var next: UInt32 = 0
    /// Number of `entries[head]`.
    private var base: UInt32 = 0
    /// Record index, or −1 once released.
    private var entries: [Int32] = []
    private var head = 0

    init(sender: Int32, instance: UInt16) {
        self.sender = sender
        self.instance = instance
    }

    /// Whether every message was released.
    var isDrained: Bool { self.base == self.next }

    mutating func append(_ record: Int32) -> UInt32 {
        let n = self.next
        self.entries.append(record)
        self.next += 1
        return n
    }

    /// The record of message `n`: nil when it was never sent, −1 when it was released.
    func record(of n: UInt32) -> Int32? {
        guard n < self.next else { return nil }
        guard n >= self.base else { return -1 }
        return self.entries[self.head + Int(n - self.base)]
    }

    mutating func release(_ n: UInt32) {
        self.entries[self.head + Int(n - self.base)] = -1
        while self.head < self.entries.count, self.entries[self.head] == -1 {
            self.head += 1
            self.base += 1
        }
        if self.head == self.entries.count {
            self.entries.removeAll(keepingCapacity: true)
            self.head = 0
        } else if self.head > 64, self.head * 2 > self.entries.count {
            self.entries.removeFirst(self.head)
            self.head = 0
        }
    }
}
