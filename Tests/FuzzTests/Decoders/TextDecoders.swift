import Foundation
import NIOCore
import Signaling

@testable import Backends
@testable import Conformance

/// UTF-8, JSON and the envelopes of signals.
enum TextDecoders {
    static func utf8(_ input: FuzzInput) throws {
        var validator = UTF8Validator()
        var isValid = true
        for piece in input.pieces where isValid { isValid = piece.withUnsafeBytes { validator.consume($0) } }
        isValid = isValid && validator.isComplete
        let wanted = String(validating: input.payload, as: UTF8.self) != nil
        let whole = input.payload.withUnsafeBytes { UTF8Validator.isValid($0) }
        guard isValid == wanted, whole == wanted else {
            throw Violation("UTF-8: \(wanted), in pieces \(isValid), whole \(whole)")
        }
    }

    /// The walker, the tree and Foundation agree, as far as they want the same.
    static func json(_ input: FuzzInput) throws {
        let bytes = input.payload
        let walked = bytes.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            guard let value = try? walker.value(), (try? walker.finish()) != nil else { return false }
            if value.isString { _ = JSONText.unescape(value.content, in: text) }
            if value.kind == .array { _ = try? SocketIOEvent(text) }
            return true
        }
        _ = BaasJSON.members(bytes)
        _ = BaasJSON.merged(bytes, over: Array(#"{"a":1,"id":"x"}"#.utf8))
        _ = bytes.withUnsafeBytes { try? MilkcocoaEnvelope($0) }
        _ = bytes.withUnsafeBytes { SocketIOPacket($0) }
        let tree = JSONTree(bytes)
        if let tree { _ = (tree.digest, tree["a"], tree.names, tree.number, tree.text, tree.flag) }
        // The walker leaves UTF-8 to its callers, and the two count levels differently.
        let isText = bytes.withUnsafeBytes { UTF8Validator.isValid($0) }
        let levels = bytes.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        guard isText, levels < JSONWalker.maximumDepth else { return }
        guard walked == (tree != nil) else {
            throw Violation("walker \(walked), tree \(tree != nil): \(input.text.debugDescription)")
        }
        // Foundation guesses encodings, minds lone surrogates and numbers beyond a Double.
        guard !bytes.contains(0), !bytes.starts(with: [0xEF, 0xBB, 0xBF]), bytes.count < 200 else { return }
        let theirs =
            (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
        let isPlain = !bytes.contains { "\\eE".utf8.contains($0) }
        // On Linux it takes a comma before a closing bracket.
        let hasTrailingComma = input.text.contains(/,[ \t\r\n]*[\]}]/)
        guard theirs == walked || (theirs ? hasTrailingComma : !isPlain) else {
            throw Violation("walker \(walked), Foundation \(theirs): \(input.text.debugDescription)")
        }
    }

    static func envelope(_ input: FuzzInput) throws {
        let bytes = input.payload
        let span = bytes.span.bytes
        let envelope = EnvelopeScanner.scan(span)
        var scratch: [UInt8] = []
        for field in [envelope.type, envelope.from, envelope.sendto, envelope.tag] {
            guard field.range.lowerBound >= 0, field.range.upperBound <= bytes.count else {
                throw Violation("a field beyond the text")
            }
            _ = envelope.append(field, in: span, to: &scratch)
        }
        _ = Filter.apply(envelope, in: span, selfID: Array("me".utf8))
        for kind in SignalKind.allCases { _ = BodyReader.digest(of: kind, in: span, scratch: &scratch) }
        let isObject = bytes.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            return (try? walker.value())?.kind == .object && (try? walker.finish()) != nil
        }
        if isObject, !envelope.isObject || envelope.isMalformed { throw Violation("an object was taken for none") }
        let front = Array(bytes.prefix(Tag.length))
        if let tag = envelope.parsedTag(in: span) ?? Tag.parse(front.span.bytes) {
            var again: [UInt8] = []
            tag.append(to: &again)
            guard Tag.parse(again.span.bytes) == tag else { throw Violation("a tag written and read again is another") }
        }
        try self.template(input)
    }

    /// A signal with these ids is read as it was written.
    private static func template(_ input: FuzzInput) throws {
        // Ids are UTF-8 by contract.
        let parts = input.lines.map { PeerID($0) }
        let from = parts.first ?? PeerID("")
        let sendto = parts.dropFirst().first ?? PeerID("you")
        let kind = SignalKind.allCases[Int(input.options) % SignalKind.allCases.count]
        let tag = Tag(run: 1, room: 2, sender: 3, instance: 4, n: UInt32(input.options), digest: 6)
        var out: [UInt8] = []
        SignalTemplate.append(kind: kind, from: from, sendto: sendto, tag: tag, body: [], to: &out)
        let envelope = EnvelopeScanner.scan(out.span.bytes)
        guard envelope.kind == kind, envelope.parsedTag(in: out.span.bytes) == tag,
            envelope.matches(envelope.from, in: out.span.bytes, from.bytes),
            envelope.matches(envelope.sendto, in: out.span.bytes, sendto.bytes)
        else { throw Violation("a signal written and read again is another") }
    }

    /// What a negotiating agent takes out of a peer's message.
    static func negotiating(_ input: FuzzInput) {
        guard let content = JSONTree(input.payload) else { return }
        _ = NegotiatingAgent.description(in: content)
    }
}
