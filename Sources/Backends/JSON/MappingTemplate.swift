import NIOCore
import Signaling

/// A message to a server with places for what differs from one to the next.
struct MappingTemplate: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case text([UInt8])
        /// A JSON string: the room, the agent's id, the id of who a signal is for.
        case room, id, to
        /// The signal as an object.
        case signal
        /// The signal as a JSON string that holds it.
        case signalText
        /// A number that grows with each message.
        case number
    }

    private static let names: [String: Part] = [
        "room": .room, "id": .id, "to": .to, "signal": .signal, "signalText": .signalText, "n": .number,
    ]

    let parts: [Part]

    /// - Throws: ``MappingPattern/Mistake`` for text that is no JSON when its places are filled.
    init(_ text: String) throws(MappingPattern.Mistake) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        var plain: [UInt8] = []
        while let byte = rest.first {
            let name = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
            if byte == UInt8(ascii: "{"), let part = Self.names[String(decoding: name, as: UTF8.self)],
                name.endIndex < rest.endIndex
            {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = []
                parts.append(part)
                rest = rest[(name.endIndex + 1)...]
            } else {
                plain.append(byte)
                rest = rest.dropFirst()
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
        let sample = self.filled(room: [], id: [], to: [], signal: ByteBuffer(string: "{}"), number: 0)
        let isJSON = sample.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            guard let value = try? walker.value() else { return false }
            return (try? walker.finish()) != nil && value.range.upperBound <= text.count
        }
        guard isJSON else {
            throw MappingPattern.Mistake(
                message: "it is no JSON when filled in: \(String(decoding: sample, as: UTF8.self)); "
                    + "places are {room}, {id}, {to}, {signal}, {signalText} and {n}, without quotes around them")
        }
    }

    func filled(room: [UInt8], id: [UInt8], to: [UInt8], signal: ByteBuffer, number: UInt64) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 + signal.readableBytes)
        for part in self.parts {
            switch part {
            case .text(let text): out += text
            case .room: out += JSONText.quoted(room)
            case .id: out += JSONText.quoted(id)
            case .to: out += JSONText.quoted(to)
            case .signal: out += signal.readableBytesView
            case .signalText: out += JSONText.quoted(signal.readableBytesView)
            case .number: out += Array(String(number).utf8)
            }
        }
        return out
    }
}
