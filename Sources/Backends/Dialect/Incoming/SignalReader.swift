import NIOCore
import Signaling

/// What dialects have in common when they judge a signal whose place in a message they have found.
enum SignalReader {
    /// What a signal's envelope says to an agent; the body is not read.
    ///
    /// - Parameters:
    ///   - range: where the signal is, in indices of `bytes`.
    ///   - bytes: what was received, or the dialect's scratch.
    ///   - selfID: the agent's id.
    ///   - isInScratch: whether `bytes` is the scratch.
    /// - Returns: the head; nil when there is no JSON object at all.
    @inline(__always)
    static func head(
        of range: Range<Int>, in bytes: ByteBuffer, selfID: [UInt8], isInScratch: Bool = false
    ) -> SignalHead? {
        var all = bytes
        all.moveReaderIndex(to: range.lowerBound)
        let span = all.readableBytesSpan.extracting(first: range.count)
        let envelope = EnvelopeScanner.scan(span)
        guard envelope.isObject, !envelope.isMalformed else { return nil }
        let from = envelope.from.range
        return SignalHead(
            kind: envelope.kind, verdict: Filter.apply(envelope, in: span, selfID: selfID),
            tag: envelope.parsedTag(in: span),
            from: range.lowerBound + from.lowerBound..<range.lowerBound + from.upperBound, bytes: range.count,
            bodyIsInScratch: isInScratch)
    }

    /// Whether a range holds exactly one JSON value in UTF-8.
    @inline(never)
    static func isSound(_ range: Range<Int>, in bytes: ByteBuffer) -> Bool {
        var all = bytes
        all.moveReaderIndex(to: range.lowerBound)
        return all.withUnsafeReadableBytes { text in
            let signal = UnsafeRawBufferPointer(rebasing: text[..<range.count])
            guard UTF8Validator.isValid(signal) else { return false }
            var walker = JSONWalker(signal)
            guard let value = try? walker.value() else { return false }
            return value.range == 0..<signal.count
        }
    }

    /// Whether the bytes at an index are these, eight at a step.
    @inline(__always)
    static func has(_ wanted: [UInt8], at index: Int, in bytes: ByteBuffer) -> Bool {
        bytes.readableBytesSpan.has(wanted, at: index - bytes.readerIndex)
    }
}
