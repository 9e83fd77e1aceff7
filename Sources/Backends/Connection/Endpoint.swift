import NIOCore
import NIOSSL
import Signaling
import Synchronization

/// Where and how the connections of a run are opened: made once, shared by all loops.
package struct Endpoint: Sendable {
    package private(set) var settings: BackendSettings
    package private(set) var carrier: CarrierPlan
    package let reach: ReachOptions
    let tls: TLSContext?
    private(set) var network: any Network
    private let shared: Shared

    /// - Parameters:
    ///   - settings: what the user said about the backend.
    ///   - network: what opens its channels; nil for TCP sockets.
    /// - Throws: ``BackendError`` for settings that make no sense, or when a file cannot be used.
    package init(_ settings: BackendSettings, network: (any Network)? = nil) throws(BackendError) {
        try self.init(settings, network: network, shared: Shared())
    }

    private init(
        _ settings: BackendSettings, network: (any Network)?, shared: Shared
    ) throws(BackendError) {
        self.settings = settings
        self.carrier = try BackendCatalogue.carrier(settings)
        self.reach = try ReachOptions(settings)
        self.tls = try shared.tls(for: settings, self.reach)
        self.network = network ?? SocketNetwork(self.reach)
        self.shared = shared
    }

    /// Connections that were opened so far to each remote address, a proxy's included.
    package var usedAddresses: [String: Int] { self.shared.usedAddresses }

    /// The same for one agent, where agents have accounts.
    ///
    /// - Parameter row: the agent's account.
    /// - Returns: an endpoint whose settings are the agent's.
    /// - Throws: ``BackendError`` for an account that makes no sense as an option.
    func account(_ row: Int) throws(BackendError) -> Endpoint {
        guard self.settings.accounts != nil else { return self }
        var own = self
        own.settings = self.settings.account(row)
        own.carrier = try BackendCatalogue.carrier(own.settings)
        return own
    }

    /// The same at another place.
    ///
    /// - Parameter url: where a redirect leads.
    /// - Returns: an endpoint that differs in its URL.
    /// - Throws: ``BackendError`` when a file of TLS cannot be used.
    func redirected(to url: BackendURL) throws(BackendError) -> Endpoint {
        var settings = self.settings
        settings.url = url
        if !Self.shareSecrets(self.settings.url, url) {
            settings.headers.removeAll { Secrets.isName($0.0) }
            settings.url.user = nil
        }
        return try Endpoint(settings, network: self.network, shared: self.shared)
    }

    /// The same, with its channels opened by another network.
    func through(_ network: any Network) -> Endpoint {
        var copy = self
        copy.network = network
        return copy
    }

    /// The same with another path and query of its WebSocket; nil for no other.
    func asking(for target: String?) -> Endpoint {
        guard let target, case .webSocket(var plan) = self.carrier else { return self }
        plan.path = target
        var copy = self
        copy.carrier = .webSocket(plan)
        return copy
    }

    /// Where to go after a failure that is a redirect; nil for another one, and when redirects are not followed.
    func following(_ error: any Error) -> Endpoint? {
        guard self.reach.redirects == .follow, let target = (error as? DialError)?.redirect,
            let url = self.settings.url.resolved(target)
        else { return nil }
        return try? self.redirected(to: url)
    }

    /// Whether what the other one's server gave may be shown to this one's.
    func isServer(of other: Endpoint) -> Bool { Self.shareSecrets(other.settings.url, self.settings.url) }

    /// Credentials for one server are not for another (RFC 9110 §15.4), nor for the same one in the clear.
    private static func shareSecrets(_ from: BackendURL, _ to: BackendURL) -> Bool {
        to.host == from.host && to.port == from.port && (to.isSecure || !from.isSecure)
    }

    /// Opens the channel below everything; a failure is a ``DialError``.
    func connect(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let url = self.settings.url
        guard let proxy = self.reach.proxy else { return self.connect(to: url, on: loop) }
        let deadline = loop.now + .nanoseconds(self.settings.connectTimeout)
        return self.connect(to: proxy, on: loop).flatMap { channel in
            ProxyConnect.begin(channel, to: url, through: proxy, deadline: deadline)
        }
    }

    private func connect(to url: BackendURL, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        self.network
            .connect(host: url.host, port: url.port, timeout: .nanoseconds(self.settings.connectTimeout), on: loop)
            .map { channel in
                if let address = channel.remoteAddress?.ipAddress { self.shared.add(address) }
                return channel
            }
            .flatMapErrorThrowing { throw DialError(cause: $0, url: url) }
    }

    /// Adds TLS for the name that is asked for; nothing when the URL asks for none.
    ///
    /// - Parameters:
    ///   - pipeline: of a new channel.
    ///   - verification: what to do with the server's certificates in place of checking them; nil for the usual checks.
    /// - Throws: an error of NIOSSL for a name that cannot stand in SNI.
    func addTLS(
        to pipeline: ChannelPipeline.SynchronousOperations, verification: NIOSSLCustomVerificationCallback? = nil
    ) throws {
        guard let tls else { return }
        let asked = self.reach.tls.serverName ?? self.settings.url.host
        let isAddress = (try? SocketAddress(ipAddress: asked, port: 0)) != nil
        // An address may not stand in SNI (RFC 6066 §3).
        let name = isAddress ? nil : asked
        let handler =
            if let verification {
                try NIOSSLClientHandler(
                    context: tls.context, serverHostname: name, customVerificationCallback: verification)
            } else if self.reach.tls.verify == .full {
                try NIOSSLClientHandler._makeSSLClientHandler(context: tls.context, serverHostname: name) {
                    [url = self.settings.url] certificate, channel in
                    let identity = ServerIdentity(certificate)
                    if identity.includes(asked) { return channel.eventLoop.makeSucceededVoidFuture() }
                    return channel.eventLoop.makeFailedFuture(
                        DialError(
                            code: .tls,
                            message:
                                "\(url): TLS: the server's certificate is not for the name that was asked for, '\(asked)' (the URL's host or tls.serverName), but for \(identity.text); set tls.serverName to a name that it is for"
                        ))
                }
            } else {
                try NIOSSLClientHandler(context: tls.context, serverHostname: name)
            }
        try pipeline.addHandler(handler)
    }
}

/// What endpoints that redirects lead to have in common with the first, on all loops.
private final class Shared: Sendable {
    private let addresses = Mutex<[String: Int]>([:])
    private let tls = Mutex<TLSContext?>(nil)

    var usedAddresses: [String: Int] { self.addresses.withLock { $0 } }

    func add(_ address: String) { self.addresses.withLock { $0[address, default: 0] += 1 } }

    /// Makes the context where one is needed first: its files are not read again, least of all on a loop.
    func tls(for settings: BackendSettings, _ reach: ReachOptions) throws(BackendError) -> TLSContext? {
        guard settings.url.isSecure else { return nil }
        if let made = self.tls.withLock({ $0 }) { return made }
        let made = try TLSContext.make(for: settings, reach)
        self.tls.withLock { $0 = made }
        return made
    }
}
