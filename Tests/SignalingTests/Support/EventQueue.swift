/// A queue of events by time; of events at one time, the first added comes first.
struct EventQueue<Event> {
    private struct Entry {
        var time: Int
        var order: Int
        var event: Event

        func precedes(_ other: Entry) -> Bool { (self.time, self.order) < (other.time, other.order) }
    }

    private var heap: [Entry] = []
    private var added = 0

    mutating func add(_ event: Event, at time: Int) {
        self.heap.append(Entry(time: time, order: self.added, event: event))
        self.added += 1
        var i = self.heap.count - 1
        while i > 0, self.heap[i].precedes(self.heap[(i - 1) / 2]) {
            self.heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    mutating func next() -> (time: Int, event: Event)? {
        guard let first = self.heap.first, let last = self.heap.popLast() else { return nil }
        if !self.heap.isEmpty {
            self.heap[0] = last
            var i = 0
            while true {
                var least = i
                for child in [2 * i + 1, 2 * i + 2] where child < self.heap.count {
                    if self.heap[child].precedes(self.heap[least]) { least = child }
                }
                if least == i { break }
                self.heap.swapAt(i, least)
                i = least
            }
        }
        return (first.time, first.event)
    }
}
