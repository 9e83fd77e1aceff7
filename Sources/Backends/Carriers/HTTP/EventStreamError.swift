/// A server-sent event that is larger than it may be.
struct EventStreamError: Error, Equatable, CustomStringConvertible {
    let maxEventBytes: Int

    var description: String { "a server-sent event of more than \(self.maxEventBytes) bytes" }
}
