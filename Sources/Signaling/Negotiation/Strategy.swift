/// What an agent does when two members negotiate at once, and when something goes missing.
package enum Strategy: String, Codable, CaseIterable, Sendable {
    /// The published client of 2014, its glare deadlock and its lost candidates included.
    case seed
    /// The repaired client: W3C perfect negotiation over the same messages.
    case perfect
}
