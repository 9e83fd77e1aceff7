/// Whom a TLS client believes.
package struct TLSSettings: Equatable, Sendable {
    /// How far the server's certificate is checked.
    package enum Verification: String, CaseIterable, Sendable, Codable {
        /// Signed by a trusted authority, and for this host name.
        case full
        /// Not at all.
        case none
    }

    /// File with PEM certificates to trust instead of the system's.
    package var caFile: String?
    package var verify: Verification

    package init(caFile: String? = nil, verify: Verification = .full) {
        self.caFile = caFile
        self.verify = verify
    }
}
