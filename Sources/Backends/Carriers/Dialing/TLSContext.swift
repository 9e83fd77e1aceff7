package import NIOSSL

/// The client's side of TLS, made once and shared by all connections of a run.
package struct TLSContext: Sendable {
    package let context: NIOSSLContext

    /// What these settings ask for; nil when their URL asks for no TLS.
    ///
    /// - Throws: ``BackendError`` when a file cannot be used, which it names.
    package static func make(
        for settings: BackendSettings, _ reach: ReachOptions? = nil
    ) throws(BackendError) -> TLSContext? {
        let reach = if let reach { reach } else { try ReachOptions(settings) }
        guard settings.url.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        switch reach.tls.verify {
        case .full: configuration.certificateVerification = .fullVerification
        case .none: configuration.certificateVerification = .none
        }
        if let file = reach.tls.caFile {
            configuration.trustRoots = .certificates(
                try Self.read("tls.ca", file) { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let file = reach.tls.certificateFile, let key = reach.tls.keyFile {
            configuration.certificateChain = try Self.read("tls.cert", file) { file in
                try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
            }
            configuration.privateKey = .privateKey(
                try Self.read("tls.key", key) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        // Brokers that are reached without HTTP agree on no protocol by ALPN (RFC 7301).
        if ["https", "wss"].contains(settings.url.scheme) { configuration.applicationProtocols = ["http/1.1"] }
        do {
            return TLSContext(context: try NIOSSLContext(configuration: configuration))
        } catch {
            throw BackendError(
                code: .badFile, message: "tls.cert and tls.key cannot be used together: \(error)")
        }
    }

    private static func read<T>(
        _ option: String, _ file: String, _ body: (String) throws -> T
    ) throws(BackendError) -> T {
        do {
            return try body(file)
        } catch {
            throw BackendError(code: .badFile, message: "\(option): '\(file)' cannot be used: \(error)")
        }
    }
}
