/// How ICE candidates travel.
package enum IceMode: String, Codable, CaseIterable, Sendable {
    /// One message per candidate, as it is gathered (RFC 8838).
    case trickle
    /// Inside the SDP, which waits for all of them; a pair takes three messages.
    case vanilla
}
