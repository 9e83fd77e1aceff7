import Glibc
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
        // The name is looked at by itself, see ``ServerIdentity``.
        case .full: configuration.certificateVerification = .noHostnameVerification
        case .none: configuration.certificateVerification = .none
        }
        if let file = reach.tls.caFile {
            configuration.trustRoots = .certificates(
                try Self.read("tls.ca", file, "a certificate in PEM") { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let file = reach.tls.certificateFile, let key = reach.tls.keyFile {
            configuration.certificateChain = try Self.read("tls.cert", file, "a certificate in PEM") { file in
                try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
            }
            configuration.privateKey = .privateKey(
                try Self.read("tls.key", key, "a private key in PEM") { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        // Brokers that are reached without HTTP agree on no protocol by ALPN (RFC 7301).
        if ["https", "wss"].contains(settings.url.scheme) { configuration.applicationProtocols = ["http/1.1"] }
        do {
            return TLSContext(context: try NIOSSLContext(configuration: configuration))
        } catch {
            let files = [reach.tls.certificateFile, reach.tls.keyFile].compactMap { $0 }
            throw BackendError(
                code: .badFile,
                message: files.count == 2
                    ? "tls.key: the key in '\(files[1])' is not that of the certificate in '\(files[0])'"
                    : "the settings of TLS cannot be used: \(error)")
        }
    }

    /// The first bytes of a file; nil when it cannot be read.
    private static func start(of file: String) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    private static func read<T>(
        _ option: String, _ file: String, _ content: String, _ body: (String) throws -> T
    ) throws(BackendError) -> T {
        func bad(_ what: String) -> BackendError {
            BackendError(code: .badFile, message: "\(option): '\(file)' \(what)")
        }
        guard let start = Self.start(of: file) else { throw bad("cannot be read") }
        do {
            return try body(file)
        } catch {
            throw String(decoding: start, as: UTF8.self).contains("ENCRYPTED")
                ? bad("is locked with a passphrase, which cannot be given; unlock a copy with `openssl pkey`")
                : bad("does not hold \(content)")
        }
    }
}
