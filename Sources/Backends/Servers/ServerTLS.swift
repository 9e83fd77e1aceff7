import NIOSSL

/// TLS for the embedded servers.
enum ServerTLS {
    /// The context for the options' certificate; nil without one.
    ///
    /// - Throws: ``ServerError`` when certificate or key are missing or cannot be used.
    static func context(_ options: ServerOptions) throws -> NIOSSLContext? {
        guard options.certificateFile != nil || options.keyFile != nil else { return nil }
        guard let certificate = options.certificateFile, let key = options.keyFile else {
            throw ServerError(code: .tls, message: "TLS wants both a certificate and a key")
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(code: .tls, message: "'\(certificate)' with '\(key)' cannot be used: \(error)")
        }
    }
}
