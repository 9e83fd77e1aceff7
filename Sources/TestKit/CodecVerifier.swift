package import Signaling

/// Feeds an incremental decoder the same bytes in every shape in which a network may deliver them.
///
/// A codec is right only if it gives the same events whether the bytes come whole, byte by byte, split anywhere, or with
/// what follows glued on.
package enum CodecVerifier {
    /// A shape in which the decoder went wrong.
    package struct Mismatch<Event: Sendable>: Error, CustomStringConvertible {
        package let shape: String
        package let expected: [Event]
        package let found: [Event]

        package var description: String { "\(self.shape): expected \(self.expected), found \(self.found)" }
    }

    /// Checks a decoder.
    ///
    /// - Parameters:
    ///   - stream: bytes of one message or several.
    ///   - expected: the events that they stand for.
    ///   - decode: starts a fresh decoder, feeds it the chunks in order and returns all events.
    /// - Throws: ``Mismatch``, or what `decode` throws.
    package static func verify<Event: Equatable & Sendable>(
        _ stream: [UInt8], expected: [Event], decode: (_ chunks: [ArraySlice<UInt8>]) throws -> [Event]
    ) throws {
        func check(_ shape: String, _ chunks: [ArraySlice<UInt8>], _ expected: [Event]) throws {
            let found = try decode(chunks)
            guard found == expected else { throw Mismatch(shape: shape, expected: expected, found: found) }
        }
        try check("whole", [stream[...]], expected)
        try check("byte by byte", stream.indices.map { stream[$0...$0] }, expected)
        for cut in stream.indices.dropFirst() {
            try check("split at \(cut)", [stream[..<cut], stream[cut...]], expected)
        }
        let twice = stream + stream
        try check("glued to itself", [twice[...]], expected + expected)
        let start = stream.count - min(3, stream.count)
        try check("glued across a read", [twice[..<start], twice[start...]], expected + expected)
        for size in [2, 3, 7, 16] {
            let chunks = stride(from: 0, to: stream.count, by: size).map { stream[$0..<min($0 + size, stream.count)] }
            try check("in pieces of \(size)", chunks, expected)
        }
    }

    /// Cuts bytes into random pieces.
    package static func pieces(
        of bytes: [UInt8], greatest: Int, using generator: inout SplitMix64
    ) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + generator.uniform(below: greatest))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }
}
