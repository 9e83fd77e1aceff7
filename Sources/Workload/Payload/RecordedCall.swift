import Foundation

/// The signaling of a real call of four Chromium peers, A to D, as recorded.
struct RecordedCall: Decodable, Sendable {
    let messages: [Entry]

    /// One message and its send time.
    struct Entry: Decodable, Sendable {
        /// Milliseconds after the first message.
        let milliseconds: Double
        let message: Message

        var nanoseconds: Int64 { Int64((self.milliseconds * 1e6).rounded()) }

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
    }

    /// The recording that the program carries.
    static let chromium: RecordedCall = {
        do {
            return try JSONDecoder().decode(RecordedCall.self, from: Data(PackageResources.chromium_mesh4_json.utf8))
        } catch {
            preconditionFailure("the embedded recording chromium-mesh4.json does not decode: \(error)")
        }
    }()

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
