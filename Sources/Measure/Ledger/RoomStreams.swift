import Signaling

/// The outstanding messages of one sender's instance, by their number.
struct MessageStream: Sendable {
    let sender: Int32
    /// Which connection of the sender, in full width.
    let instance: UInt32
    /// The same as it stands in a tag.
    let tagged: UInt16
    /// Number the next message gets.
    private(set) var next: UInt32 = 0
    /// What each receiver saw last, while order can be broken: a handle of ``OrderMarks``, −1 without.
    var marks: Int32 = -1
    /// Receipts that are owed for so long that their records were given up, by receiver.
    var overdue: [Int32: NumberSet] = [:]
    /// Number of `entries[head]`.
    private var base: UInt32 = 0
    /// Record index, or −1 once released.
    private var entries: [Int32] = []
    private var head = 0
    /// From which number on which joins had begun when the message was sent; ascending.
    private var epochs: [(n: UInt32, epoch: UInt32)] = []

    /// How many changes of the room's membership a stream can tell apart among its old messages.
    private static let epochLimit = 256

    init(sender: Int32, instance: UInt32) {
        self.sender = sender
        self.instance = instance
        self.tagged = Self.tagged(instance)
    }

    /// The two digits of a tag.
    static func tagged(_ instance: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: instance % UInt32(Tag.instanceLimit))
    }

    /// Whether every message was released.
    var isDrained: Bool { self.base == self.next }

    /// Messages from the oldest that was not released on.
    var span: UInt32 { self.next - self.base }

    mutating func append(_ record: Int32, epoch: UInt32) -> UInt32 {
        let n = self.next
        self.entries.append(record)
        self.next += 1
        if self.epochs.last?.epoch != epoch {
            if self.epochs.count == Self.epochLimit { self.epochs.removeFirst(Self.epochLimit / 2) }
            self.epochs.append((n, epoch))
        }
        return n
    }

    /// The record of message `n`: nil when it was never sent, −1 when it was released.
    func record(of n: UInt32) -> Int32? {
        guard n < self.next else { return nil }
        guard n >= self.base else { return -1 }
        return self.entries[self.head + Int(n - self.base)]
    }

    /// How many joins had begun when message `n` was sent; of a very old one, no more than had begun.
    func epoch(of n: UInt32) -> UInt32 {
        self.epochs.last { $0.n <= n }?.epoch ?? self.epochs.first.map { $0.epoch &- 1 } ?? 0
    }

    /// The same of the last message.
    var lastEpoch: UInt32 { self.epochs.last?.epoch ?? 0 }

    /// Bytes that it takes, without its overdue receipts.
    var bytes: Int { MemoryLayout<Self>.stride + self.entries.capacity * 4 + self.epochs.capacity * 8 }

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

/// The streams of a room: the current one of each sender, and former ones of which something is still under way.
///
/// A tag has two digits for the instance, so it names 1,296 of them; it is resolved to the current stream, or else to
/// the latest former one that it fits.
struct RoomStreams: Sendable {
    private(set) var all: [MessageStream] = []
    private var current: [Int32]
    /// Former streams, oldest first.
    private var former: [Int32: [Int32]] = [:]
    private var free: [Int32] = []
    /// By sender, the joins that had begun when its last forgotten stream ended; nothing is known of what it held.
    private var forgotten: [UInt32]
    /// By sender, its first instance.
    private var first: [UInt32?]

    init(senders: Int) {
        self.current = Array(repeating: -1, count: senders)
        self.forgotten = Array(repeating: 0, count: senders)
        self.first = Array(repeating: nil, count: senders)
    }

    /// Enters a message into a stream; returns its number.
    mutating func append(_ record: Int32, to stream: Int, epoch: UInt32) -> UInt32 {
        self.all[stream].append(record, epoch: epoch)
    }

    mutating func release(_ n: UInt32, of stream: Int) { self.all[stream].release(n) }

    mutating func setMarks(_ marks: Int32, of stream: Int) { self.all[stream].marks = marks }

    /// Remembers that a receiver is owed a message whose record is given up.
    mutating func addOverdue(_ n: UInt32, at receiver: Int, of stream: Int) {
        self.all[stream].overdue[Int32(receiver), default: NumberSet()].insert(n)
    }

    /// Whether a receiver was owed such a message; it no longer is.
    mutating func takeOverdue(_ n: UInt32, at receiver: Int, of stream: Int) -> Bool {
        guard self.all[stream].overdue[Int32(receiver)]?.remove(n) == true else { return false }
        if self.all[stream].overdue[Int32(receiver)]?.isEmpty == true {
            self.all[stream].overdue[Int32(receiver)] = nil
        }
        return true
    }

    /// The stream that the sender's next message belongs to, −1 before the first.
    @inline(__always)
    func current(of sender: Int) -> Int { Int(self.current[sender]) }

    /// Whether messages of an earlier stream of the sender may still come.
    func hasFormer(_ sender: Int) -> Bool { self.former[Int32(sender)] != nil }

    /// Starts the numbering of a sender's new instance at 0.
    ///
    /// - Returns: the order marks of a stream that was forgotten for it; −1 for none.
    mutating func start(_ sender: Int, instance: UInt32) -> Int32 {
        let old = self.current[sender]
        if self.first[sender] == nil { self.first[sender] = instance }
        let stream = MessageStream(sender: Int32(sender), instance: instance)
        guard old >= 0 else {
            self.current[sender] = self.enter(stream)
            return -1
        }
        guard self.all[Int(old)].isDrained, self.all[Int(old)].overdue.isEmpty, !self.hasFormer(sender) else {
            self.former[Int32(sender), default: []].append(old)
            self.current[sender] = self.enter(stream)
            return -1
        }
        self.forget(old)
        let marks = self.all[Int(old)].marks
        self.all[Int(old)] = stream
        return marks
    }

    private mutating func enter(_ stream: MessageStream) -> Int32 {
        if let reused = self.free.popLast() {
            self.all[Int(reused)] = stream
            return reused
        }
        self.all.append(stream)
        return Int32(self.all.count - 1)
    }

    private mutating func forget(_ stream: Int32) {
        let old = self.all[Int(stream)]
        let sender = Int(old.sender)
        self.forgotten[sender] = max(self.forgotten[sender], old.lastEpoch)
    }

    /// The stream of the message that a tag names.
    ///
    /// - Returns: nil when none is known that has a message of this number.
    @inline(__always)
    func find(_ sender: Int, tagged: UInt16, n: UInt32) -> Int? {
        let index = Int(self.current[sender])
        if index >= 0, self.all[index].tagged == tagged, n < self.all[index].next { return index }
        return self.findFormer(sender) { $0.tagged == tagged && n < $0.next }
    }

    /// The stream of an instance in full width.
    func find(_ sender: Int, instance: UInt32) -> Int? {
        let index = Int(self.current[sender])
        if index >= 0, self.all[index].instance == instance { return index }
        return self.findFormer(sender) { $0.instance == instance }
    }

    @inline(never)
    private func findFormer(_ sender: Int, _ fits: (MessageStream) -> Bool) -> Int? {
        self.former[Int32(sender)]?.last { fits(self.all[Int($0)]) }.map(Int.init)
    }

    /// The joins that had begun when a message of a forgotten stream was sent, or more.
    ///
    /// - Returns: nil when the sender cannot have had such a stream, or is known not to have sent such a message.
    func forgottenEpoch(_ sender: Int, tagged: UInt16) -> UInt32? {
        let index = self.current(of: sender)
        guard index >= 0, let first = self.first[sender], self.all[index].tagged != tagged,
            self.findFormer(sender, { $0.tagged == tagged }) == nil
        else { return nil }
        let current = self.all[index].instance
        let limit = UInt32(Tag.instanceLimit)
        let back = (current % limit + limit - UInt32(tagged) % limit) % limit
        return back <= current && current - back >= first ? self.forgotten[sender] : nil
    }

    /// Visits the order marks of the sender's streams after `stream`; −1 stands for a stream without.
    func any(after stream: Int, _ saw: (Int32) -> Bool) -> Bool {
        let sender = self.all[stream].sender
        if self.current[Int(sender)] == Int32(stream) { return false }
        if saw(self.all[Int(self.current[Int(sender)])].marks) { return true }
        guard let former = self.former[sender] else { return false }
        return former.reversed().prefix { $0 != Int32(stream) }.contains { saw(self.all[Int($0)].marks) }
    }

    /// Bytes that it takes.
    var bytes: Int {
        self.all.reduce(self.current.count * 20) { sum, stream in
            stream.overdue.values.reduce(sum + stream.bytes) { $0 + $1.bytes + 16 }
        }
    }

    /// Forgets former streams that are drained and older than all that is under way.
    ///
    /// - Parameter released: gets the order marks that nobody needs any more.
    mutating func sweep(_ released: (Int32) -> Void) {
        guard !self.former.isEmpty else { return }
        for (sender, indices) in self.former {
            var kept: [Int32] = []
            var isPending = false
            for index in indices {
                let stream = self.all[Int(index)]
                if isPending || !stream.isDrained || !stream.overdue.isEmpty {
                    isPending = isPending || !stream.isDrained
                    kept.append(index)
                } else {
                    self.forget(index)
                    released(stream.marks)
                    self.all[Int(index)] = MessageStream(sender: sender, instance: 0)
                    self.free.append(index)
                }
            }
            self.former[sender] = kept.isEmpty ? nil : kept
            guard kept.isEmpty else { continue }
            let current = Int(self.current[Int(sender)])
            if self.all[current].isDrained {
                released(self.all[current].marks)
                self.all[current].marks = -1
            }
        }
    }
}

/// A set of numbers that lie close together: one bit a number.
struct NumberSet: Sendable {
    private var first: UInt32 = 0
    private var words: [UInt64] = []

    mutating func insert(_ n: UInt32) {
        let word = n >> 6
        if self.words.isEmpty { self.first = word }
        if word < self.first {
            self.words.insert(contentsOf: repeatElement(0, count: Int(self.first - word)), at: 0)
            self.first = word
        }
        let at = Int(word - self.first)
        while self.words.count <= at { self.words.append(0) }
        self.words[at] |= 1 << UInt64(n & 63)
    }

    /// Takes a number out; false when it was not in.
    mutating func remove(_ n: UInt32) -> Bool {
        let word = n >> 6
        guard word >= self.first, Int(word - self.first) < self.words.count else { return false }
        let at = Int(word - self.first)
        let bit = UInt64(1) << UInt64(n & 63)
        guard self.words[at] & bit != 0 else { return false }
        self.words[at] &= ~bit
        return true
    }

    var isEmpty: Bool { self.words.allSatisfy { $0 == 0 } }
    /// Bytes that it takes.
    var bytes: Int { self.words.capacity * 8 + 16 }
}
