import NIOCore
import Signaling

/// A client as the rooms know it; safe to name from any loop, to be touched on its own only.
final class RelayMember: Sendable {
    let id: UInt64
    /// The id as it stands on the wire: 16 lower-case hexadecimal digits.
    let idText: [UInt8]
    /// Index of the loop that its connection lives on.
    let loop: Int
    /// Its connection, which checks that it is touched on its loop.
    let connection: NIOLoopBound<RelayConnection>

    init(id: UInt64, loop: Int, connection: NIOLoopBound<RelayConnection>) {
        self.id = id
        self.idText = Self.text(of: id)
        self.loop = loop
        self.connection = connection
    }

    /// Writes an id as it stands on the wire.
    static func text(of id: UInt64) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<16).map { digits[Int(truncatingIfNeeded: id >> UInt64(60 - 4 * $0)) & 15] }
    }

    /// Reads an id as it stands on the wire; nil for anything else.
    static func id(of text: [UInt8]) -> UInt64? {
        guard text.count == 16 else { return nil }
        var id: UInt64 = 0
        for byte in text {
            switch byte {
            case 0x30...0x39: id = id << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: id = id << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
        return id
    }
}
