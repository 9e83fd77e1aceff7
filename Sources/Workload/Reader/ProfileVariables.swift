import Glibc
import Signaling

/// Puts the values of environment variables into a profile's nodes.
///
/// They are written `${NAME}`, `${NAME:-default}`, and `${secret:NAME}` for a value that may be shown nowhere; `$${` stands for
/// `${` itself.
struct ProfileVariables {
    private let value: (String) -> String?
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var secrets = Secrets()

    /// - Parameter value: the value of a variable; nil when it is not set.
    init(_ value: @escaping (String) -> String? = { getenv($0).map { String(cString: $0) } }) { self.value = value }

    /// The node with every variable replaced; keys are left as they are.
    mutating func expanded(_ node: ProfileNode) -> ProfileNode {
        var node = node
        switch node.content {
        case .empty: break
        case .scalar(let text):
            // A file's content is taken letter by letter.
            if text.utf8.contains(UInt8(ascii: "$")), !node.place.file.hasPrefix("--set-file") {
                node.content = .scalar(self.expanded(text, at: node.place))
            }
        case .sequence(let items): node.content = .sequence(items.map { self.expanded($0) })
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = self.expanded(entry.value)
                    return entry
                })
        }
        return node
    }

    private mutating func expanded(_ text: String, at place: ProfileNode.Place) -> String {
        var out = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            if after.hasPrefix("${") {
                out += "${"
                rest = after.dropFirst(2)
            } else if after.hasPrefix("{") {
                guard let end = after.firstIndex(of: "}") else {
                    self.report("'\(text)' opens ${ and does not close it", at: place)
                    return text
                }
                out += self.value(of: String(after[after.index(after: after.startIndex)..<end]), at: place)
                rest = after[after.index(after: end)...]
            } else {
                out += "$"
                rest = after
            }
        }
        return out + rest
    }

    private mutating func value(of words: String, at place: ProfileNode.Place) -> String {
        let isSecret = words.hasPrefix("secret:")
        let text = isSecret ? String(words.dropFirst(7)) : words
        let divider = text.firstRange(of: ":-")
        let name = divider.map { String(text[..<$0.lowerBound]) } ?? text
        guard let first = name.utf8.first, first == UInt8(ascii: "_") || (0x41...0x5A).contains(first & 0xDF),
            name.utf8.allSatisfy({ byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
            })
        else {
            self.report("'${\(words)}' names no variable", at: place)
            return ""
        }
        guard let value = self.value(name).flatMap({ $0.isEmpty && divider != nil ? nil : $0 }) else {
            if let divider {
                let fallback = String(text[divider.upperBound...])
                if isSecret { self.secrets.insert(fallback) }
                return fallback
            }
            self.report("the variable \(name) is not set; set it, or write ${\(name):-default}", at: place)
            return ""
        }
        if isSecret || Secrets.isName(name) { self.secrets.insert(value) }
        return value
    }

    private mutating func report(_ message: String, at place: ProfileNode.Place) {
        self.diagnostics.append(
            Diagnostic(file: place.file, line: place.line, column: place.column, message: message))
    }
}
