import Backends
import NIOCore

extension CaseRig {
    /// Whether the backend's bytes travel in WebSocket frames.
    var isWebSocket: Bool { (try? BackendCatalogue.carrier(self.fixture.settings).framing.isWebSocket) ?? false }

    var isMQTT: Bool { self.fixture.settings.wire.isMQTT }
    var isEngineIO: Bool { self.fixture.settings.wire.isEngineIO }
    var isRelay: Bool { self.fixture.settings.wire == .relay }

    /// A bare connection to the backend.
    ///
    /// - Throws: ``CaseFailure`` when it is under TLS, which raw bytes know nothing of, or cannot be opened.
    func raw(_ settings: BackendSettings? = nil) async throws -> RawConnection {
        let url = (settings ?? self.fixture.settings).url
        guard !url.isSecure else { throw CaseFailure(.notApplicable, "raw bytes are not sent through TLS") }
        do {
            return try await RawConnection.open(url, in: self.network, on: self.loop).value
        } catch {
            throw CaseFailure(.setup, "a bare connection to \(url) failed: \(error)")
        }
    }

    /// A bare connection that is already a WebSocket of the dialect's.
    func rawWebSocket(_ settings: BackendSettings? = nil, origin: String? = nil) async throws -> RawConnection {
        let settings = settings ?? self.fixture.settings
        guard self.isWebSocket else { throw CaseFailure(.notApplicable, "the carrier is no WebSocket") }
        let connection = try await self.raw(settings)
        let place = self.webSocketPlace(settings)
        connection.write(
            RawWebSocket.upgrade(settings.url, path: place.path, subprotocol: place.subprotocol, origin: origin))
        await self.wait(seconds: 5) { connection.contains("\r\n\r\n") || connection.isClosed }
        guard connection.contains(" 101 ") else {
            throw CaseFailure(.setup, "the upgrade was answered with \(Self.firstLine(connection.received))")
        }
        return connection
    }

    /// Where the WebSocket of a dialect is.
    func webSocketPlace(_ settings: BackendSettings) -> (path: String, subprotocol: String?) {
        switch try? BackendCatalogue.carrier(settings) {
        case .webSocket(let plan): (plan.path ?? settings.url.path, plan.subprotocol)
        case .engineIO(let plan): ("\(plan.path)?EIO=\(plan.version.rawValue)&transport=websocket", nil)
        case .http, .stream, .pipe, nil: (settings.url.path, nil)
        }
    }

    static func firstLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    }
}
