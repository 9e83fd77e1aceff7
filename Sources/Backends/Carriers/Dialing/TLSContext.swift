package import NIOSSL

/// The client's side of TLS, made once and shared by all connections of a run.
package struct TLSContext: Sendable {
    package let context: NIOSSLContext

    /// What these settings ask for; nil when their URL asks for no TLS.
    ///
    /// - Throws: ``BackendError`` when the file with the authorities cannot be used.
    package static func make(for settings: BackendSettings) throws(BackendError) -> TLSContext? {
        guard settings.url.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        switch settings.tls.verify {
        case .full: configuration.certificateVerification = .fullVerification
        case .none: configuration.certificateVerification = .none
        }
        if let file = settings.tls.caFile { configuration.trustRoots = .file(file) }
        if settings.url.scheme != "mqtts" { configuration.applicationProtocols = ["http/1.1"] }
        do {
            return TLSContext(context: try NIOSSLContext(configuration: configuration))
        } catch {
            throw BackendError(
                code: .badFile, message: "tls.ca: '\(settings.tls.caFile ?? "")' cannot be used: \(error)")
        }
    }
}
