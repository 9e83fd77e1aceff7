import Signaling

/// A way to a value within a JSON text (RFC 6901), compiled.
struct JSONPointer: Equatable, Sendable {
    /// Keys, or numbers of elements, unescaped.
    let steps: [[UInt8]]

    /// - Returns: nil for text that does not begin with a slash.
    init?(_ text: some StringProtocol) {
        guard text.hasPrefix("/") else { return nil }
        self.steps = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { step in
            Array(String(step).replacing("~1", with: "/").replacing("~0", with: "~").utf8)
        }
    }

    /// Finds the value; what stands behind it is not looked at.
    ///
    /// - Returns: the value, in indices of `text`; nil when it is not there or the text is no JSON as far as it was read.
    func find(in text: UnsafeRawBufferPointer) -> JSONWalker.Value? {
        var offset = 0
        var part = text
        var found: JSONWalker.Value?
        for step in self.steps {
            guard let value = Self.member(step, of: part) else { return nil }
            let range = offset + value.range.lowerBound..<offset + value.range.upperBound
            var moved = value
            moved.range = range
            found = moved
            offset = range.lowerBound
            part = UnsafeRawBufferPointer(rebasing: text[range])
        }
        return found
    }

    private static func member(_ step: [UInt8], of text: UnsafeRawBufferPointer) -> JSONWalker.Value? {
        var walker = JSONWalker(text)
        do throws(JSONError) {
            if text.first == UInt8(ascii: "[") {
                guard var index = Int(String(decoding: step, as: UTF8.self)) else { return nil }
                try walker.enterArray()
                while let element = try walker.nextElement() {
                    if index == 0 { return element }
                    index -= 1
                }
                return nil
            }
            try walker.enterObject()
            while let member = try walker.next() {
                let isSame =
                    member.keyIsEscaped
                    ? JSONText.unescape(member.key, in: text) == step
                    : UnsafeRawBufferPointer(rebasing: text[member.key]).elementsEqual(step)
                if isSame { return member.value }
            }
        } catch {}
        return nil
    }
}

/// What makes a message of a server one of a kind, and where in it the values are.
///
/// Written as words between spaces: `/type="accept"` compares, `/error!=""` wants another value, `/error` asks whether there is
/// one and `/error!` whether there is none; `{room}` and `{id}` stand for the agent's own, and `id=/connectionId` says where
/// a value is.
struct MappingPattern: Equatable, Sendable {
    enum Literal: Equatable, Sendable {
        case text([UInt8])
        /// A number or a literal name, as written.
        case other([UInt8])
        case room
        case id
    }

    struct Condition: Equatable, Sendable {
        var pointer: JSONPointer
        /// Nil where the value only has to be there.
        var literal: Literal?
        var isNegated = false
    }

    private(set) var conditions: [Condition] = []
    private(set) var captures: [String: JSONPointer] = [:]

    /// A pattern that does not mean anything.
    struct Mistake: Error {
        var message: String
    }

    /// - Throws: ``Mistake`` for the first word that is none.
    init(_ text: String, captures names: [String]) throws(Mistake) {
        for word in Self.words(of: text) {
            if word.hasPrefix("/") {
                self.conditions.append(try Self.condition(word))
                continue
            }
            let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, names.contains(sides[0]), let pointer = JSONPointer(sides[1]) else {
                let known = names.map { "\($0)=/pointer" }.joined(separator: " or ")
                throw Mistake(
                    message: "'\(word)' is no condition such as /type=\"x\"\(names.isEmpty ? "" : ", nor \(known)")")
            }
            self.captures[sides[0]] = pointer
        }
        if self.conditions.isEmpty, self.captures.isEmpty { throw Mistake(message: "the pattern is empty") }
    }

    private static func condition(_ word: String) throws(Mistake) -> Condition {
        let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
        var path = sides[0]
        let isNegated = path.hasSuffix("!")
        if isNegated { path.removeLast() }
        guard let pointer = JSONPointer(path) else { throw Mistake(message: "'\(path)' is no pointer") }
        guard sides.count == 2 else { return Condition(pointer: pointer, literal: nil, isNegated: isNegated) }
        let bytes = Array(sides[1].utf8)
        let literal: Literal? = bytes.withUnsafeBytes { text in
            if sides[1] == "{room}" { return .room }
            if sides[1] == "{id}" { return .id }
            var walker = JSONWalker(text)
            guard let value = try? walker.value(), value.range == 0..<text.count else { return nil }
            switch value.kind {
            case .string: return JSONText.unescape(value.content, in: text).map { .text($0) }
            case .number, .literal: return .other(bytes)
            case .object, .array: return nil
            }
        }
        guard let literal else {
            throw Mistake(
                message: "'\(sides[1])' is no string in double quotes, number, true, false, null, {room} or {id}")
        }
        return Condition(pointer: pointer, literal: literal, isNegated: isNegated)
    }

    /// The words of a text; a space within double quotes is part of a word.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// Whether a message is of this kind.
    func matches(_ text: UnsafeRawBufferPointer, room: [UInt8], id: [UInt8]) -> Bool {
        self.conditions.allSatisfy { condition in
            guard let value = condition.pointer.find(in: text) else {
                return condition.isNegated && condition.literal == nil
            }
            let isEqual =
                switch condition.literal {
                case nil: true
                case .text(let wanted): Self.string(value, in: text) == wanted
                case .room: Self.string(value, in: text) == room
                case .id: Self.string(value, in: text) == id
                case .other(let wanted):
                    !value.isString && UnsafeRawBufferPointer(rebasing: text[value.range]).elementsEqual(wanted)
                }
            return isEqual != condition.isNegated
        } && self.captures["signal"].map { $0.find(in: text) != nil } ?? true
    }

    /// The captured value of that name as text; nil when it is not there.
    func text(_ name: String, in text: UnsafeRawBufferPointer) -> String? {
        guard let value = self.captures[name]?.find(in: text) else { return nil }
        return String(decoding: Self.string(value, in: text) ?? Array(text[value.range]), as: UTF8.self)
    }

    private static func string(_ value: JSONWalker.Value, in text: UnsafeRawBufferPointer) -> [UInt8]? {
        value.isString ? JSONText.unescape(value.content, in: text) : nil
    }
}
