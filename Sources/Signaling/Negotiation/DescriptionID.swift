/// The identity of one session description, an offer or an answer.
///
/// Whoever makes a description gives it an id that no other one of the run has. The machine compares ids and reads
/// nothing else from them.
package struct DescriptionID: Hashable, Sendable {
    package var raw: UInt64

    @inlinable
    package init(raw: UInt64) { self.raw = raw }

    /// Stands for "no description"; never given to one.
    package static let none = DescriptionID(raw: 0)
}
