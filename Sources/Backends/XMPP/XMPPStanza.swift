import NIOCore

/// One child of an XMPP stream, or an end of the stream itself, found in a buffer whose indices its ranges are.
struct XMPPStanza: Equatable, Sendable {
    /// What it is, by the local part of its name.
    enum Kind: String, CaseIterable, Sendable {
        case message
        case presence
        case iq
        /// `<stream:stream>`, or `<open/>` of a WebSocket.
        case opening
        /// `</stream:stream>`, or `<close/>` of a WebSocket.
        case closing
        case features
        case success
        case failure
        /// `<stream:error>`.
        case error
        /// The answers of stream management (XEP-0198).
        case enabled
        case resumed
        case failed
        case request = "r"
        case answer = "a"
        case other
    }

    /// Where the text of a message's body is.
    enum Body: Equatable, Sendable {
        case none
        /// Characters with references.
        case text(Range<Int>)
        /// Characters that mean themselves.
        case verbatim(Range<Int>)
    }

    var kind: Kind
    /// The whole element.
    var range: Range<Int>
    var from: Range<Int>
    var type: Range<Int>
    var id: Range<Int>
    var body = Body.none

    /// Bytes that one child of the stream may have.
    static let maxBytes = 1 << 20
    /// How deep elements may lie within each other.
    static let maxDepth = 32

    /// Takes one off the front.
    ///
    /// - Returns: nil when it is not complete.
    /// - Throws: ``DialectError`` for what is no XML, or XML that XMPP does not know.
    @inline(__always)
    static func next(_ bytes: inout ByteBuffer) throws(DialectError) -> XMPPStanza? {
        // White space between elements keeps a stream alive (RFC 6120 §4.6.1).
        bytes.moveReaderIndex(forwardBy: bytes.readableBytesView.prefix { XMLScanner.isSpace($0) }.count)
        let start = bytes.readerIndex
        let outcome = bytes.withUnsafeReadableBytes { text -> Result<XMPPStanza?, XMLScanner.Malformed> in
            do throws(XMLScanner.Malformed) {
                return .success(try Self.scan(text, at: start))
            } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let stanza?):
            bytes.moveReaderIndex(to: stanza.range.upperBound)
            return stanza
        case .success(nil):
            guard bytes.readableBytes <= Self.maxBytes else {
                throw DialectError(
                    code: .malformed, message: "the server sent an element of more than \(Self.maxBytes) bytes")
            }
            return nil
        case .failure(let error):
            throw DialectError(code: .malformed, message: "the server sent what is no XML of XMPP: \(error.what)")
        }
    }

    private static func scan(
        _ text: UnsafeRawBufferPointer, at start: Int
    ) throws(XMLScanner.Malformed) -> XMPPStanza? {
        var scanner = XMLScanner(text)
        guard try scanner.skipProlog() else { return nil }
        let first = scanner.place
        guard first == text.count || text[first] == UInt8(ascii: "<") else {
            throw XMLScanner.Malformed(what: "characters between elements")
        }
        guard let root = try scanner.next() else { return nil }
        func shifted(_ range: Range<Int>) -> Range<Int> { start + range.lowerBound..<start + range.upperBound }
        switch root {
        case .text, .verbatim: throw XMLScanner.Malformed(what: "characters between elements")
        case .end(let name):
            guard scanner.named(name, "stream") else { throw XMLScanner.Malformed(what: "an end without a start") }
            return XMPPStanza(
                kind: .closing, range: shifted(first..<scanner.place), from: 0..<0, type: 0..<0, id: 0..<0)
        case .start(let name, let attributes, let isEmpty):
            var stanza = XMPPStanza(
                kind: Self.kind(scanner, name), range: 0..<0, from: 0..<0, type: 0..<0, id: 0..<0)
            scanner.attributes(attributes) { name, value in
                if scanner.equal(name, "from") { stanza.from = shifted(value) }
                if scanner.equal(name, "type") { stanza.type = shifted(value) }
                if scanner.equal(name, "id") { stanza.id = shifted(value) }
            }
            // The one element of a stream by TCP that is not waited for to its end.
            if !isEmpty, stanza.kind != .opening || !scanner.named(name, "stream") {
                guard let body = try Self.inside(&scanner, of: name, isMessage: stanza.kind == .message) else {
                    return nil
                }
                switch body {
                case .none: break
                case .text(let range): stanza.body = .text(shifted(range))
                case .verbatim(let range): stanza.body = .verbatim(shifted(range))
                }
            }
            stanza.range = shifted(first..<scanner.place)
            return stanza
        }
    }

    /// Goes to the end of an element, past its children.
    ///
    /// - Returns: where the first `body` among the children has its text; nil when the end is not there yet.
    private static func inside(
        _ scanner: inout XMLScanner, of root: Range<Int>, isMessage: Bool
    ) throws(XMLScanner.Malformed) -> Body? {
        var body = Body.none
        var (depth, isInBody) = (1, false)
        while let piece = try scanner.next() {
            switch piece {
            case .start(let name, _, let isEmpty):
                if isEmpty { continue }
                isInBody = isMessage && depth == 1 && body == .none && scanner.named(name, "body")
                depth += 1
                guard depth <= Self.maxDepth else {
                    throw XMLScanner.Malformed(what: "elements more than \(Self.maxDepth) deep")
                }
            case .text(let range):
                if isInBody { body = .text(range) }
            case .verbatim(let range):
                if isInBody { body = .verbatim(range) }
            case .end(let name):
                depth -= 1
                isInBody = false
                guard depth == 0 else { continue }
                guard scanner.text[name].elementsEqual(scanner.text[root]) else {
                    throw XMLScanner.Malformed(what: "an end that is not of its start")
                }
                return body
            }
        }
        return nil
    }

    @inline(__always)
    private static func kind(_ scanner: XMLScanner, _ name: Range<Int>) -> Kind {
        if scanner.equal(name, "message") { return .message }
        if scanner.named(name, "stream") || scanner.named(name, "open") { return .opening }
        if scanner.named(name, "close") { return .closing }
        let word = String(decoding: scanner.text[scanner.local(name)], as: UTF8.self)
        return Kind(rawValue: word) ?? .other
    }
}

extension XMPPStanza {
    /// The words in one of its ranges.
    func text(_ range: Range<Int>, _ bytes: ByteBuffer) -> String {
        var all = bytes
        all.moveReaderIndex(to: range.lowerBound)
        return all.readString(length: range.count) ?? ""
    }

    /// Goes through the element, and gives each start tag within it to `body`, by its depth below the root and local name.
    func descend(
        _ bytes: ByteBuffer,
        _ body: (_ scanner: XMLScanner, _ depth: Int, _ name: String, _ attributes: Range<Int>) -> Void
    ) {
        var all = bytes
        all.moveReaderIndex(to: self.range.lowerBound)
        all.withUnsafeReadableBytes { text in
            var scanner = XMLScanner(UnsafeRawBufferPointer(rebasing: text[..<self.range.count]))
            var depth = 0
            // It was gone through before, so that there is nothing malformed about it.
            while let piece = try? scanner.next() {
                switch piece {
                case .start(let name, let attributes, let isEmpty):
                    let word = String(decoding: scanner.text[scanner.local(name)], as: UTF8.self)
                    body(scanner, depth, word, attributes)
                    if !isEmpty { depth += 1 }
                case .end: depth -= 1
                case .text, .verbatim: continue
                }
            }
        }
    }

    /// Names of the root's children, in their order.
    func children(_ bytes: ByteBuffer) -> [String] {
        var names: [String] = []
        self.descend(bytes) { _, depth, name, _ in
            if depth == 1 { names.append(name) }
        }
        return names
    }

    /// The text of the first element of that name.
    func content(of wanted: String, _ bytes: ByteBuffer) -> String? { self.contents(of: wanted, bytes).first }

    /// The texts of the elements of that name, in their order.
    func contents(of wanted: String, _ bytes: ByteBuffer) -> [String] {
        var texts: [String] = []
        self.descend(bytes) { scanner, _, name, _ in
            guard name == wanted else { return }
            var inner = scanner
            guard case .text(let range)? = try? inner.next() else { return }
            var out = ByteBuffer()
            guard XMLText.unescape(UnsafeRawBufferPointer(rebasing: scanner.text[range]), into: &out) else { return }
            texts.append(String(buffer: out))
        }
        return texts
    }

    /// The condition of an error (RFC 6120 §8.3), with the server's words for people.
    func condition(_ bytes: ByteBuffer) -> (code: String, message: String) {
        var code = ""
        let depth = self.kind == .error || self.kind == .failure || self.kind == .failed ? 1 : 2
        var isInError = depth == 1
        self.descend(bytes) { _, at, name, _ in
            if at == 1, depth == 2 { isInError = name == "error" }
            if isInError, at == depth, name != "text", code.isEmpty { code = name }
        }
        let words = self.content(of: "text", bytes) ?? ""
        return (code, words.isEmpty ? code : "\(code): \(words)")
    }
}
