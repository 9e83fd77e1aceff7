import Measure
import Signaling

/// One signal as an agent heard it.
struct Heard: Equatable {
    /// Nanoseconds since the case began.
    var t: Int64
    /// Which message of ours it is; nil for anything else.
    var key: MessageKey?
    var kind: SignalKind?
    /// The sender's id as the message has it, unescaped where it was read.
    var from: String
    var verdict: FilterVerdict
    /// The signal's JSON; empty when it is not for this agent, because then nobody reads it.
    var text: [UInt8]

    var isMine: Bool { self.verdict == .mine }

    /// The signal as a tree; nil when it was not read or is no JSON.
    var tree: JSONTree? { self.text.isEmpty ? nil : JSONTree(self.text) }

    /// What ``ScriptedAgent/push(_:to:kind:)`` was given as content, as it came.
    var content: JSONTree? { self.tree?["content"] }
}
