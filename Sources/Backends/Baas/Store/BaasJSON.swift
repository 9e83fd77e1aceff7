import Signaling

/// What the emulator makes of JSON texts: members, flat documents, merged values.
enum BaasJSON {
    /// The members of an object by unescaped key, each with its value's text; nil for anything else.
    static func members(_ object: [UInt8]) -> [(key: [UInt8], value: [UInt8])]? {
        object.withUnsafeBytes { text in
            var walker = JSONWalker(text)
            guard (try? walker.enterObject()) != nil else { return nil }
            var found: [(key: [UInt8], value: [UInt8])] = []
            do throws(JSONError) {
                while let member = try walker.next() {
                    guard let key = JSONText.unescape(member.key, in: text) else { return nil }
                    found.append((key, Array(text[member.value.range])))
                }
            } catch {
                return nil
            }
            return found
        }
    }

    /// A datum as queries give it: the members of its value beside its `id`.
    static func document(_ id: [UInt8], _ value: [UInt8]) -> [UInt8] {
        var out = Array(#"{"id":"#.utf8) + JSONText.quoted(id)
        if let members = self.members(value) {
            for member in members where member.key != Array("id".utf8) {
                out.append(UInt8(ascii: ","))
                out += JSONText.quoted(member.key)
                out.append(UInt8(ascii: ":"))
                out += member.value
            }
        } else {
            out += Array(#","value":"#.utf8) + value
        }
        return out + [UInt8(ascii: "}")]
    }

    /// An object with the members of another put over its own; a value that is no object replaces it.
    static func merged(_ new: [UInt8], over old: [UInt8]) -> [UInt8] {
        guard let newMembers = self.members(new), var members = self.members(old) else { return new }
        for member in newMembers {
            if let index = members.firstIndex(where: { $0.key == member.key }) {
                members[index].value = member.value
            } else {
                members.append(member)
            }
        }
        var out: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out += JSONText.quoted(member.key)
            out.append(UInt8(ascii: ":"))
            out += member.value
        }
        return out + [UInt8(ascii: "}")]
    }

    /// The content of a value that is a string, unescaped.
    static func content(_ value: [UInt8]) -> [UInt8]? {
        guard value.count >= 2, value.first == UInt8(ascii: "\"") else { return nil }
        return value.withUnsafeBytes { JSONText.unescape(1..<value.count - 1, in: $0) }
    }

    /// Whether two values are equal: strings by content, numbers by value, the rest by text.
    static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        if a == b { return true }
        if let x = self.content(a), let y = self.content(b) { return x == y }
        guard let x = Double(String(decoding: a, as: UTF8.self)), let y = Double(String(decoding: b, as: UTF8.self))
        else { return false }
        return x == y
    }
}
