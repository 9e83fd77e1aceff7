import NIOCore
import Testing

@testable import Backends

/// The `open` packet's content.
struct EngineIOHandshakeTests {
    private static func read(_ json: String) throws(EngineIOError) -> EngineIOHandshake {
        let bytes = Array(json.utf8)
        let result = bytes.withUnsafeBytes { text -> Result<EngineIOHandshake, EngineIOError> in
            do throws(EngineIOError) { return .success(try EngineIOHandshake(text)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    @Test func `the specification's example is read`() throws {
        let read = try Self.read(
            #"{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
        )
        #expect(
            read
                == EngineIOHandshake(
                    sid: Array("lv_VI97HAXpY6yYWAAAC".utf8), offersWebSocket: true, pingInterval: 25_000,
                    pingTimeout: 20_000, maxPayload: 1_000_000))
    }

    @Test(arguments: [true, false], [nil, 1 << 20])
    func `what is written is read again`(offersWebSocket: Bool, maxPayload: Int?) throws {
        let handshake = EngineIOHandshake(
            sid: Array("abc".utf8), offersWebSocket: offersWebSocket, pingInterval: 300, pingTimeout: 200,
            maxPayload: maxPayload)
        let text = String(decoding: handshake.packet, as: UTF8.self)
        #expect(text.hasPrefix("0"))
        #expect(try Self.read(String(text.dropFirst())) == handshake)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", #"{"sid":"a"}"#, #"{"sid":"a","pingInterval":1}"#,
        #"{"sid":"","pingInterval":1,"pingTimeout":1}"#, #"{"sid":7,"pingInterval":1,"pingTimeout":1}"#,
        #"{"sid":"a","pingInterval":0,"pingTimeout":1}"#, #"{"sid":"a","pingInterval":-5,"pingTimeout":1}"#,
        #"{"sid":"a","pingInterval":1e300,"pingTimeout":1}"#, #"{"sid":"a","pingInterval":"1","pingTimeout":1}"#,
        #"{"sid":"\ud800","pingInterval":1,"pingTimeout":1}"#, #"{"sid":"a","pingInterval":1,"pingTimeout":1} x"#,
    ])
    func `one that makes no sense is refused`(json: String) {
        #expect(throws: EngineIOError.self) { try Self.read(json) }
    }
}
