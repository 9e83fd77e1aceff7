import Signaling

/// The parts of one message of a Phoenix server, in either serializer, wherever they stand.
struct PhoenixMessage {
    var topic: [UInt8] = []
    var event = ""
    var ref: UInt64?
    /// The payload, in indices of the text; empty when there is none.
    var payload = 0..<0

    /// Reads a whole text.
    ///
    /// - Throws: ``JSONError`` when it is neither an object nor an array.
    init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var walker = JSONWalker(text)
        if text.first(where: { $0 > UInt8(ascii: " ") }) == UInt8(ascii: "[") {
            var place = 0
            try walker.enterArray()
            while let value = try walker.nextElement() {
                self.take(["join_ref", "ref", "topic", "event", "payload"].element(at: place) ?? "", value, text)
                place += 1
            }
        } else {
            try walker.enterObject()
            while let member = try walker.next() {
                self.take(String(decoding: text[member.key], as: UTF8.self), member.value, text)
            }
        }
        try walker.finish()
    }

    private mutating func take(_ key: String, _ value: JSONWalker.Value, _ text: UnsafeRawBufferPointer) {
        let string = value.isString ? JSONText.unescape(value.content, in: text) : nil
        switch key {
        case "topic": self.topic = string ?? []
        case "event": self.event = String(decoding: string ?? [], as: UTF8.self)
        case "ref": self.ref = string.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
        case "payload": self.payload = value.range
        default: break
        }
    }
}

extension Array {
    fileprivate func element(at index: Int) -> Element? { self.indices.contains(index) ? self[index] : nil }
}

/// What is read of payloads.
enum PhoenixPayload {
    /// The value of a member; nil when it is missing, or this is no object.
    static func value(
        _ key: String, of object: Range<Int>, in text: UnsafeRawBufferPointer
    ) -> (range: Range<Int>, string: [UInt8]?)? {
        guard !object.isEmpty else { return nil }
        let part = UnsafeRawBufferPointer(rebasing: text[object])
        var walker = JSONWalker(part)
        do throws(JSONError) {
            try walker.enterObject()
            while let member = try walker.next() {
                guard part[member.key].elementsEqual(key.utf8) else { continue }
                let range =
                    object.lowerBound + member.value.range.lowerBound..<object.lowerBound
                    + member.value.range.upperBound
                return (range, member.value.isString ? JSONText.unescape(member.value.content, in: part) : nil)
            }
        } catch {}
        return nil
    }

    /// The text of a member that is a string; the JSON of one that is something else; empty when it is missing.
    static func text(_ key: String, of object: Range<Int>, in text: UnsafeRawBufferPointer) -> String {
        guard let found = self.value(key, of: object, in: text) else { return "" }
        return found.string.map { String(decoding: $0, as: UTF8.self) } ?? Secrets.excerpt(text[found.range])
    }

    /// The keys of an object that is a member.
    static func keys(of key: String, of object: Range<Int>, in text: UnsafeRawBufferPointer) -> [[UInt8]] {
        guard let inner = self.value(key, of: object, in: text)?.range else { return [] }
        return self.keys(of: inner, in: text)
    }

    /// The keys of an object.
    static func keys(of object: Range<Int>, in text: UnsafeRawBufferPointer) -> [[UInt8]] {
        guard !object.isEmpty else { return [] }
        let part = UnsafeRawBufferPointer(rebasing: text[object])
        var walker = JSONWalker(part)
        var keys: [[UInt8]] = []
        do throws(JSONError) {
            try walker.enterObject()
            while let member = try walker.next() { keys.append(JSONText.unescape(member.key, in: part) ?? []) }
        } catch { return [] }
        return keys
    }
}
