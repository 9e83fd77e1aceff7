import NIOCore
import NIOSSL

/// Where and how the connections of a run are opened: made once, shared by all loops.
package struct Endpoint: Sendable {
    package let settings: BackendSettings
    package let carrier: CarrierPlan
    let tls: TLSContext?
    let network: any Network

    /// - Parameters:
    ///   - settings: what the user said about the backend.
    ///   - network: what opens its channels.
    /// - Throws: ``BackendError`` for settings that make no sense, or when the file with the authorities cannot be used.
    package init(_ settings: BackendSettings, network: any Network = SocketNetwork()) throws(BackendError) {
        self.settings = settings
        self.carrier = try BackendCatalogue.carrier(settings)
        self.tls = try TLSContext.make(for: settings)
        self.network = network
    }

    /// Opens the channel below everything; a failure is a ``DialError``.
    func connect(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let url = self.settings.url
        return self.network
            .connect(host: url.host, port: url.port, timeout: .nanoseconds(self.settings.connectTimeout), on: loop)
            .flatMapErrorThrowing { throw DialError(cause: $0, url: url) }
    }

    /// Adds TLS for the host of the URL; nothing when the URL asks for none.
    func addTLS(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        guard let tls else { return }
        let url = self.settings.url
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        // An address is checked against the certificate by NIOSSL itself and may not stand in SNI (RFC 6066 §3).
        try pipeline.addHandler(NIOSSLClientHandler(context: tls.context, serverHostname: isAddress ? nil : url.host))
    }
}
