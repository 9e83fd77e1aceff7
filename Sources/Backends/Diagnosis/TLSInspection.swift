import Glibc
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// What a TLS server showed of itself, whether or not it is believed.
struct TLSInspection: Sendable {
    /// Such as `TLS 1.3`.
    var version: String
    /// Whom the certificate is for.
    var identity: ServerIdentity
    /// Whole days until it expires; negative when it has.
    var daysLeft: Int

    var text: String {
        let days = abs(self.daysLeft) == 1 ? "day" : "days"
        let validity = self.daysLeft < 0 ? "expired \(-self.daysLeft) \(days) ago" : "\(self.daysLeft) \(days) left"
        return "\(self.version), certificate for \(self.identity.text), \(validity)"
    }

    init(_ certificate: NIOSSLCertificate?, version: TLSVersion?) {
        self.version =
            switch version {
            case .tlsv13: "TLS 1.3"
            case .tlsv12: "TLS 1.2"
            case nil: "TLS"
            default: "TLS below 1.2"
            }
        self.identity = certificate.map(ServerIdentity.init) ?? ServerIdentity(names: [])
        self.daysLeft = certificate.map { ($0.notValidAfter - time(nil)) / 86_400 } ?? 0
    }

    /// Shakes hands without believing anything, then as a run does.
    ///
    /// - Returns: what the server showed.
    /// - Throws: ``DialError`` that names the names of the certificate when it is not believed.
    static func run(_ endpoint: Endpoint, on loop: any EventLoop) async throws -> TLSInspection {
        let shown = try await Self.handshake(endpoint, believesAll: true, on: loop).get()
        do {
            _ = try await Self.handshake(endpoint, believesAll: false, on: loop).get()
        } catch let error as DialError {
            throw DialError(code: error.code, message: "\(error.message) (\(shown.text))")
        }
        return shown
    }

    private static func handshake(
        _ endpoint: Endpoint, believesAll: Bool, on loop: any EventLoop
    ) -> EventLoopFuture<TLSInspection> {
        endpoint.connect(on: loop).flatMap { channel in
            let done = loop.makePromise(of: TLSInspection.self)
            let seen = SeenCertificate()
            do {
                let pipeline = channel.pipeline.syncOperations
                try endpoint.addTLS(
                    to: pipeline,
                    verification: believesAll
                        ? { certificates, verified in
                            seen.leaf.withLock { $0 = certificates.first }
                            verified.succeed(.certificateVerified)
                        } : nil)
                try pipeline.addHandler(HandshakeWaiter(endpoint, seen, done))
            } catch {
                done.fail(DialError(cause: error, url: endpoint.settings.url))
                channel.close(promise: nil)
            }
            return done.futureResult.always { _ in channel.close(promise: nil) }
        }
    }
}

/// The certificate that a handshake showed.
private final class SeenCertificate: Sendable {
    let leaf = Mutex<NIOSSLCertificate?>(nil)
}

/// Waits for the end of a handshake.
private final class HandshakeWaiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let endpoint: Endpoint
    private let seen: SeenCertificate
    private var done: EventLoopPromise<TLSInspection>?
    private var timeout: Scheduled<Void>?

    init(_ endpoint: Endpoint, _ seen: SeenCertificate, _ done: EventLoopPromise<TLSInspection>) {
        self.endpoint = endpoint
        self.seen = seen
        self.done = done
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timeout = context.eventLoop.scheduleTask(in: .nanoseconds(self.endpoint.settings.connectTimeout)) {
            bound.value.fail(.timeout, "no answer to the TLS handshake")
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else { return }
        self.timeout?.cancel()
        let version = try? context.channel.pipeline.syncOperations.nioSSL_tlsVersion()
        self.done.take()?.succeed(TLSInspection(self.seen.leaf.withLock { $0 }, version: version ?? nil))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.timeout?.cancel()
        self.done.take()?.fail(DialError(cause: error, url: self.endpoint.settings.url))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(.closed, "the server closed the connection during the TLS handshake")
    }

    private func fail(_ code: DialError.Code, _ why: String) {
        self.timeout?.cancel()
        self.done.take()?.fail(DialError(code: code, message: "\(self.endpoint.settings.url): \(why)"))
    }
}

@available(*, unavailable)
extension HandshakeWaiter: Sendable {}
