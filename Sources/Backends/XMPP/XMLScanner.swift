import Glibc

/// Takes an XML stream apart, one piece at a time and without a copy, as far as XMPP uses XML.
///
/// Comments, processing instructions and document types have no place in a stream (RFC 6120 §11.1) and are refused; so no
/// entity can be declared, and none but the five that XML has and numbers mean something. It keeps nothing: what it needs
/// is what it was given.
struct XMLScanner {
    /// A piece of a document; ranges are offsets into the text.
    enum Piece: Equatable {
        /// A start tag, or with `isEmpty` a whole element.
        case start(name: Range<Int>, attributes: Range<Int>, isEmpty: Bool)
        case end(name: Range<Int>)
        /// Characters, in which `&` begins a reference.
        case text(Range<Int>)
        /// Characters of a CDATA section, which mean themselves.
        case verbatim(Range<Int>)
    }

    /// What is not XML as XMPP uses it.
    struct Malformed: Error, Equatable {
        var what: String
    }

    let text: UnsafeRawBufferPointer
    /// Where the next piece begins.
    var place: Int

    init(_ text: UnsafeRawBufferPointer, from place: Int = 0) {
        self.text = text
        self.place = place
    }

    /// Takes the next piece.
    ///
    /// - Returns: nil when the text ends before the piece does; then nothing was taken.
    /// - Throws: ``Malformed``.
    mutating func next() throws(Malformed) -> Piece? {
        let start = self.place
        guard start < self.text.count else { return nil }
        guard self.text[start] == UInt8(ascii: "<") else {
            // Text counts when it is known where it ends.
            guard let end = self.first(UInt8(ascii: "<"), from: start) else { return nil }
            self.place = end
            return .text(start..<end)
        }
        guard start + 1 < self.text.count else { return nil }
        switch self.text[start + 1] {
        case UInt8(ascii: "/"):
            guard let end = self.first(UInt8(ascii: ">"), from: start + 2) else { return nil }
            self.place = end + 1
            return .end(name: self.name(from: start + 2, to: end))
        case UInt8(ascii: "!"): return try self.section(start)
        case UInt8(ascii: "?"): throw Malformed(what: "a processing instruction")
        default: return try self.tag(start)
        }
    }

    /// Passes the XML declaration that may stand before a stream (RFC 6120 §11.5), and white space.
    ///
    /// - Returns: false when the text ends before the declaration does.
    /// - Throws: ``Malformed`` for another instruction.
    mutating func skipProlog() throws(Malformed) -> Bool {
        self.skipSpace()
        guard self.starts(with: "<?") else { return true }
        guard let end = self.first(UInt8(ascii: ">"), from: self.place) else {
            guard self.text.count - self.place < 256 else { throw Malformed(what: "a processing instruction") }
            return false
        }
        guard self.starts(with: "<?xml"), self.text[end - 1] == UInt8(ascii: "?") else {
            throw Malformed(what: "a processing instruction")
        }
        self.place = end + 1
        self.skipSpace()
        return true
    }

    mutating func skipSpace() {
        while self.place < self.text.count, Self.isSpace(self.text[self.place]) { self.place += 1 }
    }

    private func starts(with prefix: StaticString) -> Bool {
        guard self.text.count - self.place >= prefix.utf8CodeUnitCount, let base = self.text.baseAddress else {
            return false
        }
        return memcmp(base + self.place, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    private mutating func tag(_ start: Int) throws(Malformed) -> Piece? {
        var at = start + 1
        while at < self.text.count, !Self.endsName(self.text[at]) { at += 1 }
        let name = start + 1..<at
        guard !name.isEmpty else { throw Malformed(what: "a tag without a name") }
        while at < self.text.count {
            switch self.text[at] {
            case UInt8(ascii: ">"):
                let isEmpty = self.text[at - 1] == UInt8(ascii: "/")
                self.place = at + 1
                return .start(name: name, attributes: name.upperBound..<(isEmpty ? at - 1 : at), isEmpty: isEmpty)
            case UInt8(ascii: "<"): throw Malformed(what: "a tag within a tag")
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let end = self.first(self.text[at], from: at + 1) else { return nil }
                at = end + 1
            default: at += 1
            }
        }
        return nil
    }

    private mutating func section(_ start: Int) throws(Malformed) -> Piece? {
        let opening: StaticString = "<![CDATA["
        guard self.text.count - start >= opening.utf8CodeUnitCount else { return nil }
        guard self.starts(with: opening) else { throw Malformed(what: "a comment or a document type") }
        let content = start + opening.utf8CodeUnitCount
        var at = content
        while let found = self.first(UInt8(ascii: "]"), from: at) {
            guard found + 2 < self.text.count else { return nil }
            if self.text[found + 1] == UInt8(ascii: "]"), self.text[found + 2] == UInt8(ascii: ">") {
                self.place = found + 3
                return .verbatim(content..<found)
            }
            at = found + 1
        }
        return nil
    }

    private func first(_ byte: UInt8, from start: Int) -> Int? {
        guard start < self.text.count, let base = self.text.baseAddress,
            let found = memchr(base + start, CInt(byte), self.text.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// The name in an end tag, which white space may follow.
    private func name(from start: Int, to end: Int) -> Range<Int> {
        var last = end
        while last > start, Self.isSpace(self.text[last - 1]) { last -= 1 }
        return start..<last
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    @inline(__always)
    private static func endsName(_ byte: UInt8) -> Bool {
        self.isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }
}

extension XMLScanner {
    /// A name without its prefix.
    @inline(__always)
    func local(_ name: Range<Int>) -> Range<Int> {
        guard let colon = self.text[name].firstIndex(of: UInt8(ascii: ":")) else { return name }
        return colon + 1..<name.upperBound
    }

    /// Whether a name is this, by its local part.
    @inline(__always)
    func named(_ name: Range<Int>, _ wanted: StaticString) -> Bool { self.equal(self.local(name), wanted) }

    @inline(__always)
    func equal(_ range: Range<Int>, _ wanted: StaticString) -> Bool {
        guard range.count == wanted.utf8CodeUnitCount, let base = self.text.baseAddress else { return false }
        return memcmp(base + range.lowerBound, wanted.utf8Start, range.count) == 0
    }

    /// Gives each attribute of a tag to `body`: its name, and its value between the quotes.
    ///
    /// It ends at the first that is none.
    @inline(__always)
    func attributes(_ range: Range<Int>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        var at = range.lowerBound
        while true {
            while at < range.upperBound, Self.isSpace(self.text[at]) { at += 1 }
            let start = at
            while at < range.upperBound, self.text[at] != UInt8(ascii: "="), !Self.isSpace(self.text[at]) { at += 1 }
            let name = start..<at
            while at < range.upperBound, Self.isSpace(self.text[at]) { at += 1 }
            guard !name.isEmpty, at < range.upperBound, self.text[at] == UInt8(ascii: "=") else { return }
            at += 1
            while at < range.upperBound, Self.isSpace(self.text[at]) { at += 1 }
            guard at < range.upperBound, self.text[at] == UInt8(ascii: "'") || self.text[at] == UInt8(ascii: "\""),
                let end = self.first(self.text[at], from: at + 1), end < range.upperBound
            else { return }
            body(name, at + 1..<end)
            at = end + 1
        }
    }

    /// The value of an attribute, as it is written; nil when the tag has none of that name.
    func attribute(_ wanted: StaticString, _ range: Range<Int>) -> Range<Int>? {
        var found: Range<Int>?
        self.attributes(range) { name, value in
            if found == nil, self.equal(name, wanted) { found = value }
        }
        return found
    }
}
