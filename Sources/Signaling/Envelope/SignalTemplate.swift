/// Writes signals as JSON, the envelope's members first so that receivers can stop reading early.
package enum SignalTemplate {
    /// Appends one signal: `{"type":…,"from":…,"sendto":…,"tag":…` and its body's members.
    ///
    /// - Parameters:
    ///   - kind: the message's type.
    ///   - from: the sender.
    ///   - sendto: the addressee; nil writes no `sendto`, which means everyone.
    ///   - tag: the message's tag.
    ///   - body: JSON members with a comma before each, or nothing.
    ///   - out: what to append to.
    package static func append(
        kind: SignalKind, from: PeerID, sendto: PeerID?, tag: Tag, body: [UInt8], to out: inout [UInt8]
    ) {
        Self.append(#"{"type":""#, to: &out)
        Self.append(Self.name(of: kind), to: &out)
        Self.append(#"","from":""#, to: &out)
        JSONText.appendEscaped(from.bytes, to: &out)
        if let sendto {
            Self.append(#"","sendto":""#, to: &out)
            JSONText.appendEscaped(sendto.bytes, to: &out)
        }
        Self.append(#"","tag":""#, to: &out)
        tag.append(to: &out)
        out.append(UInt8(ascii: "\""))
        out.append(contentsOf: body)
        out.append(UInt8(ascii: "}"))
    }

    private static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    /// `SignalKind.name` without a `String`.
    private static func name(of kind: SignalKind) -> StaticString {
        switch kind {
        case .call: "call"
        case .response: "response"
        case .offer: "offer"
        case .answer: "answer"
        case .candidate: "candidate"
        case .bye: "bye"
        case .chatter: "chatter"
        }
    }
}
