import Signaling

/// A binary heap of what is due on one loop, by time and then by order of entry.
struct TimerQueue {
    private struct Entry {
        var at: Instant
        var order: UInt32
        var event: TimerEvent

        static func < (a: Entry, b: Entry) -> Bool {
            a.at != b.at ? a.at < b.at : Int32(bitPattern: a.order &- b.order) < 0
        }
    }

    private var heap: [Entry] = []
    private var order: UInt32 = 0

    /// When the next event is due.
    var next: Instant? { self.heap.first?.at }

    var count: Int { self.heap.count }

    mutating func reserve(_ count: Int) { self.heap.reserveCapacity(count) }

    mutating func add(_ event: TimerEvent, at: Instant) {
        self.heap.append(Entry(at: at, order: self.order, event: event))
        self.order &+= 1
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child] < self.heap[parent] else { break }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest event that is due at `now`, with the time it was due.
    mutating func pop(due now: Instant) -> (event: TimerEvent, at: Instant)? {
        guard let first = self.heap.first, first.at <= now else { return nil }
        let last = self.heap.removeLast()
        if !self.heap.isEmpty {
            self.heap[0] = last
            var parent = 0
            while true {
                let left = parent * 2 + 1
                guard left < self.heap.count else { break }
                let right = left + 1
                let child = right < self.heap.count && self.heap[right] < self.heap[left] ? right : left
                guard self.heap[child] < self.heap[parent] else { break }
                self.heap.swapAt(child, parent)
                parent = child
            }
        }
        return (first.event, first.at)
    }

    mutating func removeAll() { self.heap.removeAll() }
}
