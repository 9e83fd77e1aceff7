package import NIOCore

/// One whole data message, or one control frame, with its mask taken off.
package struct WebSocketMessage: Equatable, Sendable {
    /// Never `continuation`: fragments are put together.
    package var opcode: WebSocketOpcode
    package var payload: ByteBuffer

    package init(opcode: WebSocketOpcode, payload: ByteBuffer) {
        self.opcode = opcode
        self.payload = payload
    }

    /// What a close frame says; 1005 stands for no code (RFC 6455 §7.1.5, §7.1.6).
    package var close: (code: UInt16, reason: String) {
        let start = self.payload.readerIndex
        guard let code = self.payload.getInteger(at: start, as: UInt16.self) else { return (1005, "") }
        let reason = self.payload.getString(at: start + 2, length: self.payload.readableBytes - 2)
        return (code, reason ?? "")
    }

    /// The same as a reason for the end of the connection.
    package var closeReason: CloseReason {
        let (code, reason) = self.close
        return .closed(code: code, reason: reason)
    }
}
