import Foundation
import Signaling
import Testing

/// Writes signals as agents do, numbered, and reads them back as other people's programs do.
struct SignalWriter {
    private var n: UInt32 = 0

    /// One signal of a made-up run, parsed by Foundation.
    mutating func signal(
        _ kind: SignalKind, from: Int, to: Int, _ body: [UInt8], _ digest: UInt32
    ) throws -> [String: Any] {
        let tag = Tag(run: 0xC0FF_EE00, room: 3, sender: UInt32(from), instance: 0, n: self.n, digest: digest)
        self.n += 1
        var json: [UInt8] = []
        SignalTemplate.append(
            kind: kind, from: PeerID("agent \"\(from)\" é"), sendto: PeerID("agent \"\(to)\" é"), tag: tag, body: body,
            to: &json)
        return try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }
}
