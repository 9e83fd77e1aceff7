import Foundation

/// The signaling of a real call, as `signalbench record` writes it.
///
/// The call of four Chromium peers that the program carries is one.
struct RecordedCall: Decodable, Sendable {
    let messages: [Entry]
    /// When the connection of each peer was opened; absent: before the first message.
    let peers: [Peer]?

    /// One message and its send time.
    struct Entry: Decodable, Sendable {
        /// Milliseconds after the first message.
        let milliseconds: Double
        let message: Message

        var nanoseconds: Int64 { RecordedCall.nanoseconds(self.milliseconds) }

        private enum CodingKeys: String, CodingKey {
            case milliseconds = "t_ms"
            case message
        }
    }

    /// The message itself, without what no one here reads.
    struct Message: Decodable, Sendable {
        let type: String
        let from: String
        let sendto: String?
        let sdp: String?
        let candidate: String?
        let sdpMid: String?
        let sdpMLineIndex: Int?
    }

    /// A peer and its arrival.
    struct Peer: Decodable, Sendable {
        let name: String
        /// Milliseconds after the first message, mostly negative.
        let milliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case name
            case milliseconds = "arrived_ms"
        }
    }

    /// Reads a file.
    ///
    /// - Throws: what is wrong with it.
    init(bytes: [UInt8]) throws(ProfileTextError) {
        do {
            self = try JSONDecoder().decode(RecordedCall.self, from: Data(bytes))
        } catch {
            throw ProfileTextError("is no recording of 'signalbench record'")
        }
    }

    /// The recording that the program carries.
    static let chromium: RecordedCall = {
        do {
            return try JSONDecoder().decode(RecordedCall.self, from: Data(PackageResources.chromium_mesh4_json.utf8))
        } catch {
            preconditionFailure("the embedded recording chromium-mesh4.json does not decode: \(error)")
        }
    }()

    /// A time in nanoseconds; what is beyond any call is brought back to a day.
    static func nanoseconds(_ milliseconds: Double) -> Int64 {
        let day = 86_400_000.0
        return Int64((min(max(milliseconds, -day), day) * 1e6).rounded())
    }

    /// The first message of `type` from one peer to another.
    func first(_ type: String, from: String, to: String) -> Entry {
        guard let entry = self.all(type, from: from, to: to).first else {
            preconditionFailure("the embedded recording has no \(type) from \(from) to \(to)")
        }
        return entry
    }

    /// All messages of `type` from one peer to another, by time.
    func all(_ type: String, from: String, to: String) -> [Entry] {
        self.messages.filter { $0.message.type == type && $0.message.from == from && $0.message.sendto == to }
    }

    /// The lines of the first offer or answer, without their line ends.
    func sdpLines(_ type: String, from: String, to: String) -> [Substring] {
        let sdp = self.first(type, from: from, to: to).message.sdp ?? ""
        return sdp.split(separator: "\r\n")
    }
}
