import Backends
import Foundation
import NIOCore
import Signaling

/// Reads the signals that clients send over WebSocket, and makes a recording of them without identities.
///
/// It is given the bytes of each connection from its clients to the backend, in their order. A signal is an object with a
/// type and a sender, wherever it stands in a text of JSON, so that each dialect of JSON is read without being known; a
/// mapping says where other protocols have them.
struct CallRecorder {
    /// What a recording holds of one message.
    struct Entry: Codable, Equatable, Sendable {
        /// Milliseconds after the first message.
        var milliseconds: Double
        var message: Message

        private enum CodingKeys: String, CodingKey {
            case milliseconds = "t_ms"
            case message
        }
    }

    /// A signal without identities; peers have the names A, B and so on, in the order of their first words.
    struct Message: Codable, Equatable, Sendable {
        var type: String
        var from: String
        var sendto: String?
        var sdp: String?
        var candidate: String?
        var sdpMid: String?
        var sdpMLineIndex: Int?
    }

    /// A peer that sent something, and when its connection was opened.
    struct Peer: Codable, Equatable, Sendable {
        var name: String
        /// Milliseconds after the first message.
        var milliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case name
            case milliseconds = "arrived_ms"
        }
    }

    /// The file: the format of the recording that the program carries.
    struct File: Codable, Equatable, Sendable {
        var what: String
        var peers: [Peer]
        var messages: [Entry]
    }

    private struct Stream {
        var bytes = ByteBuffer()
        /// Nil before the end of the handshake.
        var framing: WebSocketFraming?
        var isUnreadable = false
        /// When its first bytes came.
        let start: Int64

        init(at start: Int64) { self.start = start }
    }

    private var streams: [Int: Stream] = [:]
    private var removal: IdentityRemoval
    private let mapping: RecordMapping
    /// By what a peer was called on the wire.
    private(set) var names: [String: String] = [:]
    private var arrivals: [String: Int64] = [:]
    private var first: Int64?
    private(set) var entries: [Entry] = []
    /// Connections whose bytes were no WebSocket that can be read.
    private(set) var unreadable = 0

    /// A client offers compression, which nobody could read: it is made to offer what no server knows (RFC 6455 §9.1).
    private static let compression = (offer: Array("permessage-deflate".utf8), none: Array("x-signalbench-none".utf8))
    private static let endOfHead = Array("\r\n\r\n".utf8)
    private static let bound = 64 << 10

    /// - Parameters:
    ///   - seed: what the new identities come from; it must not be told.
    ///   - mapping: where signals have their fields.
    init(seed: UInt64, mapping: RecordMapping = RecordMapping()) {
        self.removal = IdentityRemoval(seed: seed)
        self.mapping = mapping
    }

    /// Takes what a client sent.
    ///
    /// - Parameters:
    ///   - bytes: in the order of the connection.
    ///   - connection: its number.
    ///   - now: in nanoseconds, on any clock.
    /// - Returns: what is to be passed on: the same, but for the offer of compression in a handshake.
    mutating func take(_ bytes: ByteBuffer, of connection: Int, at now: Int64) -> ByteBuffer {
        var stream = self.streams.removeValue(forKey: connection) ?? Stream(at: now)
        defer { self.streams[connection] = stream }
        guard !stream.isUnreadable else { return bytes }
        var passed = bytes
        if stream.framing == nil { Self.refuseCompression(&passed) }
        stream.bytes.writeImmutableBuffer(passed)
        if stream.framing == nil {
            let view = stream.bytes.readableBytesView
            guard let end = view.firstRange(of: Self.endOfHead) else {
                self.check(&stream, stream.bytes.readableBytes < Self.bound)
                return passed
            }
            stream.bytes.moveReaderIndex(to: end.upperBound)
            stream.framing = WebSocketFraming(role: .server)
        }
        do {
            while let message = try stream.framing?.next(&stream.bytes) {
                if message.opcode == .text {
                    self.read(Array(message.payload.readableBytesView), of: connection, since: stream.start, at: now)
                }
            }
            stream.bytes.discardReadBytes()
        } catch {
            self.check(&stream, false)
        }
        return passed
    }

    /// A connection is gone.
    mutating func ended(_ connection: Int) { self.streams[connection] = nil }

    /// Members that sent a signal, or that one was for.
    var peers: Int { self.names.count }

    /// The recording so far.
    var file: File {
        File(
            what:
                "Every signaling message of \(self.peers) peers, recorded between them and their backend by signalbench "
                + "record. t_ms is the send time after the first message. Identities are replaced, addresses by those "
                + "of documentation.",
            peers: self.arrivals.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map {
                Peer(name: $0.key, milliseconds: Self.milliseconds($0.value - (self.first ?? 0)))
            },
            messages: self.entries)
    }

    private mutating func check(_ stream: inout Stream, _ isReadable: Bool) {
        guard !isReadable else { return }
        stream.isUnreadable = true
        stream.bytes = ByteBuffer()
        self.unreadable += 1
    }

    private static func refuseCompression(_ bytes: inout ByteBuffer) {
        while let range = bytes.readableBytesView.firstRange(of: self.compression.offer) {
            bytes.setBytes(self.compression.none, at: range.lowerBound)
        }
    }

    // MARK: Signals

    private mutating func read(_ text: [UInt8], of connection: Int, since start: Int64, at now: Int64) {
        // Some dialects begin with a number of their own, as `42["message",{…}]` does.
        guard let begin = text.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }),
            let json = try? JSONSerialization.jsonObject(with: Data(text[begin...])),
            let signal = self.mapping.signal(in: json)
        else { return }
        let first = self.first ?? now
        self.first = first
        let from = self.name(of: signal.from ?? "connection \(connection)")
        if self.arrivals[from] == nil { self.arrivals[from] = start }
        var message = Message(type: signal.type, from: from)
        message.sendto = signal.to.map { self.name(of: $0) }
        message.sdp = signal.sdp.map { self.removal.description($0) }
        message.candidate = signal.candidate.map { self.removal.candidate($0) }
        message.sdpMid = signal.sdpMid
        message.sdpMLineIndex = signal.sdpMLineIndex
        self.entries.append(Entry(milliseconds: Self.milliseconds(now - first), message: message))
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Double { (Double(nanoseconds) / 1e5).rounded() / 10 }

    /// A to Z, then A1 to Z1 and so on.
    private mutating func name(of peer: String) -> String {
        if let known = self.names[peer] { return known }
        let number = self.names.count
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(number % 26)))
        let name = number < 26 ? letter : "\(letter)\(number / 26)"
        self.names[peer] = name
        return name
    }
}
