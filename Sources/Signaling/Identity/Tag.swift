/// The mark that every message of ours carries, so that a receiver can tell which one it is.
///
/// On the wire it is 36 bytes of ASCII, `<run>.<room>.<sender>.<instance>.<n>.<digest>`: run and digest as 8
/// hexadecimal digits, the numbers zero-padded in base 36 (4, 4, 2 and 5 digits), all lower case. A number beyond its
/// width is sent modulo the ``roomLimit``, ``senderLimit``, ``instanceLimit`` or ``numberLimit``.
package struct Tag: Hashable, Sendable {
    /// The run of the driver; another run's messages are foreign.
    package var run: UInt32
    package var room: UInt32
    /// Index of the sending agent in the plan.
    package var sender: UInt32
    /// Which life of the sender: rises with each reconnect.
    package var instance: UInt16
    /// Number of the message per room, sender and instance, from 0.
    package var n: UInt32
    /// ``BodyDigest`` of the body.
    package var digest: UInt32

    package init(run: UInt32, room: UInt32, sender: UInt32, instance: UInt16, n: UInt32, digest: UInt32) {
        self.run = run
        self.room = room
        self.sender = sender
        self.instance = instance
        self.n = n
        self.digest = digest
    }

    /// Bytes on the wire.
    package static let length = 36
    /// Rooms that can be told apart: 36⁴.
    package static let roomLimit: UInt32 = 1_679_616
    /// Senders that can be told apart: 36⁴.
    package static let senderLimit: UInt32 = 1_679_616
    /// Lives of a sender that can be told apart: 36².
    package static let instanceLimit: UInt16 = 1_296
    /// Messages of one life of a sender that can be told apart: 36⁵.
    package static let numberLimit: UInt32 = 60_466_176
}
