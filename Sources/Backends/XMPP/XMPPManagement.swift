import NIOCore

/// The client's side of stream management (XEP-0198): what was said and may have been lost, and how much was heard.
struct XMPPManagement: Sendable {
    /// Stanzas that may wait for the server's word; one that says nothing for longer is not gone on with.
    static let most = 1_024
    /// Stanzas after which the server is asked how many it has.
    private static let stride = 16

    let isWanted: Bool
    /// What the server calls the stream, as it was written; empty while it manages none.
    private(set) var id = ""
    private(set) var received: UInt32 = 0
    private var sent: UInt32 = 0
    /// What the server has not said that it has, oldest first.
    private var owed: [ByteBuffer] = []
    private var window = ""
    private var isNews = false

    init(isWanted: Bool) { self.isWanted = isWanted }

    var isOn: Bool { !self.id.isEmpty }

    /// Whether the next connection would go on with this stream.
    var canResume: Bool { self.isOn }

    var announced: [Announcement] {
        self.window.isEmpty ? [] : [Announcement(name: "resume", value: "\(self.window) s")]
    }

    /// The server manages the stream from now on; without an id it cannot be gone on with.
    mutating func enabled(id: String, window: String) {
        self.forget()
        self.id = id
        self.window = window
    }

    mutating func forget() {
        self.id = ""
        self.owed = []
        (self.sent, self.received) = (0, 0)
        self.isNews = false
    }

    mutating func heard() { self.received &+= 1 }

    /// Keeps a stanza until the server has it.
    ///
    /// - Returns: whether the server is to be asked.
    mutating func said(_ stanza: ByteBuffer) -> Bool {
        self.sent &+= 1
        self.owed.append(stanza)
        if self.owed.count > Self.most { self.forget() }
        return self.isOn && self.owed.count % Self.stride == 0
    }

    /// The server has so many; it counts on from zero behind the greatest number (XEP-0198 §4).
    ///
    /// - Returns: false for a number that cannot be.
    mutating func acknowledged(_ count: UInt32) -> Bool {
        let left = Int(self.sent &- count)
        guard left <= self.owed.count else { return false }
        self.owed.removeFirst(self.owed.count - left)
        return true
    }

    /// What has to be said again now that the stream goes on.
    mutating func resumed() -> [ByteBuffer] {
        self.isNews = true
        return self.owed
    }

    /// Whether it is to be told that the stream went on; once.
    mutating func takeNews() -> Bool {
        defer { self.isNews = false }
        return self.isNews
    }
}
