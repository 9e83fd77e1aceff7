/// A breach of RFC 6455 by the other end; the connection has to be failed with ``closeCode``.
package struct WebSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was breached.
    package enum Code: UInt8, Sendable, CaseIterable {
        /// A reserved bit is set although no extension was negotiated (§5.2).
        case reservedBits
        /// An opcode that the standard reserves (§5.2).
        case reservedOpcode
        /// A client frame without a mask (§5.1).
        case unmasked
        /// A server frame with a mask (§5.1).
        case masked
        /// A length not written in its shortest form, or with the top bit set (§5.2).
        case badLength
        /// A control frame in fragments (§5.5).
        case fragmentedControl
        /// A control frame of more than 125 bytes (§5.5).
        case longControl
        /// A continuation of nothing (§5.4).
        case strayContinuation
        /// A new message inside a fragmented one (§5.4).
        case unfinishedMessage
        /// A close frame of one byte, or with a code that may not be sent (§5.5.1, §7.4).
        case badClose
        /// Text that is not UTF-8 (§8.1).
        case invalidUTF8
        /// A binary message where the protocol above has text (§5.6).
        case binaryData
        /// A text message where the protocol above has bytes (§5.6).
        case textData
        /// A message over the limit (§10.4), or in more fragments than any message needs.
        case tooBig
        /// A compressed message that cannot be inflated (RFC 7692 §7.2.2).
        case badCompression
    }

    package var code: Code

    package init(_ code: Code) { self.code = code }

    /// What the close frame says (RFC 6455 §7.4.1): 1002 protocol error, 1003 unsupported data, 1007 bad data, 1009 too big.
    package var closeCode: UInt16 {
        switch self.code {
        case .invalidUTF8, .badCompression: 1007
        case .binaryData, .textData: 1003
        case .tooBig: 1009
        case .reservedBits, .reservedOpcode, .unmasked, .masked, .badLength, .fragmentedControl, .longControl,
            .strayContinuation, .unfinishedMessage, .badClose:
            1002
        }
    }

    package var description: String {
        switch self.code {
        case .reservedBits: "a frame with a reserved bit (RFC 6455 section 5.2)"
        case .reservedOpcode: "a reserved opcode (RFC 6455 section 5.2)"
        case .unmasked: "a client frame without a mask (RFC 6455 section 5.1)"
        case .masked: "a server frame with a mask (RFC 6455 section 5.1)"
        case .badLength: "a length in a form that is not allowed (RFC 6455 section 5.2)"
        case .fragmentedControl: "a control frame in fragments (RFC 6455 section 5.5)"
        case .longControl: "a control frame of more than 125 bytes (RFC 6455 section 5.5)"
        case .strayContinuation: "a continuation of nothing (RFC 6455 section 5.4)"
        case .unfinishedMessage: "a message inside a fragmented one (RFC 6455 section 5.4)"
        case .badClose: "a close frame that is not allowed (RFC 6455 sections 5.5.1 and 7.4)"
        case .invalidUTF8: "text that is not UTF-8 (RFC 6455 section 8.1)"
        case .binaryData: "a binary message where the protocol has text (RFC 6455 section 5.6)"
        case .textData: "a text message where the protocol has bytes (RFC 6455 section 5.6)"
        case .badCompression: "a compressed message that cannot be inflated (RFC 7692 section 7.2.2)"
        case .tooBig: "a message over the limit (RFC 6455 section 10.4)"
        }
    }
}
