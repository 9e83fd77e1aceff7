import NIOHTTP1

/// The cookies of one session with one server, as a client keeps them (RFC 6265 §5.3).
///
/// Domain, path and age are not kept: a session has one server and is short. A cookie that the server deletes is gone.
package struct Cookies: Equatable, Sendable {
    private var pairs: [(name: String, value: String)] = []

    package static func == (a: Cookies, b: Cookies) -> Bool { a.field == b.field }

    /// - Parameter field: the content of a `Cookie` field; nil for none.
    package init(field: String? = nil) {
        for pair in (field ?? "").split(separator: ";") { self.set(String(pair)) }
    }

    /// Takes what the `Set-Cookie` fields of an answer say; the last word of a name holds.
    package mutating func take(_ fields: [String]) {
        for field in fields {
            let parts = field.split(separator: ";", omittingEmptySubsequences: false)
            let isDeleted = parts.dropFirst().contains { attribute in
                let sides = attribute.split(separator: "=").map { $0.trimmingSpaces().lowercased() }
                return sides.count == 2 && sides[0] == "max-age" && (Int(sides[1]) ?? 1) <= 0
            }
            self.set(String(parts.first ?? ""), isDeleted: isDeleted)
        }
    }

    private mutating func set(_ pair: String, isDeleted: Bool = false) {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return }
        let (name, value) = (sides[0].trimmingSpaces(), sides[1].trimmingSpaces())
        guard !name.isEmpty else { return }
        let at = self.pairs.firstIndex { $0.name == name }
        switch (at, isDeleted) {
        case (let at?, true): self.pairs.remove(at: at)
        case (let at?, false): self.pairs[at].value = value
        case (nil, true): break
        case (nil, false): self.pairs.append((name, value))
        }
    }

    /// The content of the next request's `Cookie` field (RFC 6265 §4.2.1); nil without any.
    package var field: String? {
        self.pairs.isEmpty ? nil : self.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// The same with what another has; the other's word holds.
    func updated(by other: Cookies) -> Cookies {
        var all = self
        for pair in other.pairs { all.set("\(pair.name)=\(pair.value)") }
        return all
    }

    /// The field of the next request; empty without any.
    var fields: [(String, String)] { self.field.map { [("Cookie", $0)] } ?? [] }
}

extension HTTPHeaders {
    /// Puts the user's fields in the place of others of their names; cookies of the server's are sent beside the user's.
    mutating func take(users fields: [(String, String)]) {
        for (name, value) in fields {
            let isCookie = name.lowercased() == "cookie"
            let served = isCookie ? self.first(name: name).map { Cookies(field: $0) } : nil
            let all = served.flatMap { Cookies(field: value).updated(by: $0).field }
            self.replaceOrAdd(name: name, value: all ?? value)
        }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(self.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
