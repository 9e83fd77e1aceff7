import NIOCore
import Signaling

/// The content of an `open` packet.
///
/// Source: https://github.com/socketio/engine.io-protocol, section "Handshake".
struct EngineIOHandshake: Equatable, Sendable {
    var sid: [UInt8]
    /// Whether the server offers to go on by WebSocket.
    var offersWebSocket: Bool
    /// Milliseconds.
    var pingInterval: Int64
    /// Milliseconds.
    var pingTimeout: Int64
    /// The greatest payload that the server takes, in bytes; absent in revision 3.
    var maxPayload: Int?

    init(sid: [UInt8], offersWebSocket: Bool, pingInterval: Int64, pingTimeout: Int64, maxPayload: Int?) {
        self.sid = sid
        self.offersWebSocket = offersWebSocket
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        self.maxPayload = maxPayload
    }

    /// Reads the JSON behind the type digit.
    ///
    /// - Throws: ``EngineIOError`` when it is none, or has no `sid`, or times that make no sense.
    init(_ json: UnsafeRawBufferPointer) throws(EngineIOError) {
        var sid: [UInt8]?
        var interval: Int64?
        var timeout: Int64?
        self.offersWebSocket = false
        do throws(JSONError) {
            var walker = JSONWalker(json)
            try walker.enterObject()
            while let member = try walker.next() {
                let value = member.value
                switch String(decoding: json[member.key], as: UTF8.self) {
                case "sid" where value.isString: sid = JSONText.unescape(value.content, in: json)
                case "pingInterval": interval = Self.number(value, json)
                case "pingTimeout": timeout = Self.number(value, json)
                case "maxPayload": self.maxPayload = Self.number(value, json).map(Int.init)
                case "upgrades":
                    self.offersWebSocket = String(decoding: json[value.range], as: UTF8.self).contains("\"websocket\"")
                default: break
                }
            }
            try walker.finish()
        } catch {
            throw EngineIOError("an open packet that is \(error.message)")
        }
        guard let sid, !sid.isEmpty, let interval, let timeout, interval > 0, timeout > 0 else {
            throw EngineIOError("an open packet without sid, pingInterval or pingTimeout")
        }
        self.sid = sid
        self.pingInterval = interval
        self.pingTimeout = timeout
    }

    /// Reads a whole packet.
    ///
    /// - Throws: ``EngineIOError``.
    init(packet: ByteBuffer) throws(EngineIOError) {
        let found = packet.withUnsafeReadableBytes { text -> Result<EngineIOHandshake, EngineIOError> in
            do throws(EngineIOError) {
                return .success(try EngineIOHandshake(UnsafeRawBufferPointer(rebasing: text.dropFirst())))
            } catch {
                return .failure(error)
            }
        }
        self = try found.get()
    }

    private static func number(_ value: JSONWalker.Value, _ json: UnsafeRawBufferPointer) -> Int64? {
        guard value.kind == .number, let number = Double(String(decoding: json[value.range], as: UTF8.self)),
            number >= 0, number < 1e12
        else { return nil }
        return Int64(number)
    }

    /// The whole packet.
    var packet: [UInt8] {
        var out = Array(#"0{"sid":""#.utf8) + self.sid + Array(#"","upgrades":["#.utf8)
        if self.offersWebSocket { out += Array(#""websocket""#.utf8) }
        out += Array(#"],"pingInterval":\#(self.pingInterval),"pingTimeout":\#(self.pingTimeout)"#.utf8)
        if let maxPayload { out += Array(#","maxPayload":\#(maxPayload)"#.utf8) }
        return out + Array("}".utf8)
    }
}
