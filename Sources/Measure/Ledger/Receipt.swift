package import Signaling

/// The ledger's judgement of one receipt, with what its caller needs to time it.
package struct Receipt: Sendable {
    package var `class`: ReceiptClass
    /// Whether it was allowed but not required.
    package var isOptional: Bool
    /// Whether it came after its record had been given up: its class is known, its times and its kind are not.
    package var isOverdue = false
    /// The sender's instance in full width.
    package var instance: UInt32
    /// Whether a later message of the same stream was already here.
    package var isReordered: Bool
    /// Position among the required receipts by members other than the sender, from 1; 0 for all other receipts.
    package var ordinal: Int32
    /// How many such receipts are required.
    package var ordinals: Int32
    package var intended: Instant
    package var sent: Instant
    /// The first of those receipts.
    package var first: Instant
    /// The description carried or belonged to; 0 when none.
    package var description: UInt64
    package var kind: SignalKind
    package var isLast: Bool
    /// Whether it was for everybody in the room.
    package var isRoomWide: Bool
    /// Whether it was for a peer that is not ours.
    package var isToForeign = false

    /// Whether it is the first receipt of a known message of ours at another member, so that its times mean something.
    package var isTimed: Bool {
        guard !self.isOverdue else { return false }
        switch self.class {
        case .useful, .overheard: return true
        case .echo, .duplicate, .misrouted, .foreign: return false
        }
    }

    package static let misrouted = Receipt.unknown(.misrouted)
    static let duplicate = Receipt.unknown(.duplicate)

    /// A required receipt that came after its record had been given up.
    static func overdue(_ c: ReceiptClass, instance: UInt32, isReordered: Bool) -> Receipt {
        var receipt = Receipt.unknown(c)
        receipt.isOverdue = true
        receipt.instance = instance
        receipt.isReordered = isReordered
        return receipt
    }

    private static func unknown(_ c: ReceiptClass) -> Receipt {
        let zero = Instant(nanoseconds: 0)
        return Receipt(
            class: c, isOptional: false, instance: 0, isReordered: false, ordinal: 0, ordinals: 0, intended: zero,
            sent: zero,
            first: zero, description: 0, kind: .chatter, isLast: false, isRoomWide: false)
    }
}
