/// The id of a member, as the bytes that stand in `from` and `sendto`.
///
/// Ids are opaque: a backend may hand them out (`relay`, `baas`, `socketio`) or the agent may choose its own (MQTT).
/// They are compared as UTF-8 bytes, which is also what decides who is polite.
package struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// UTF-8, unescaped.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ string: String) { self.bytes = Array(string.utf8) }

    package static func < (a: PeerID, b: PeerID) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    package var description: String { String(decoding: self.bytes, as: UTF8.self) }
}
