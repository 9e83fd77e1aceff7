import Backends
import Signaling
import Yams

/// Reads a declaration file: JSON (or YAML, of which JSON is a part) with strict keys.
package struct DeclarationReader {
    private let file: String
    private var problems: [String] = []
    private var declaration = Declaration(backend: "")

    /// Every mistake of a file.
    package struct Failure: Error, Equatable {
        /// One line for each, as `file:line:column: error: …`.
        package var lines: [String]
    }

    private init(file: String) { self.file = file }

    /// Reads a declaration.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name, for messages.
    /// - Returns: the declaration.
    /// - Throws: ``Failure`` with every mistake at once.
    package static func read(_ text: String, file: String) throws(Failure) -> Declaration {
        var reader = DeclarationReader(file: file)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Failure(lines: ["\(file): error: \(error)"])
        } catch {
            throw Failure(lines: ["\(file): error: \(error)"])
        }
        guard let mapping = root?.mapping else {
            throw Failure(lines: [
                "\(file):1:1: error: a declaration is an object {\"backend\": …, \"capabilities\": {…}}"
            ])
        }
        reader.top(mapping)
        if !reader.problems.isEmpty { throw Failure(lines: reader.problems) }
        return reader.declaration
    }

    private mutating func top(_ mapping: Node.Mapping) {
        let keys = ["backend", "version", "adapter", "capabilities"]
        for (key, value) in mapping {
            switch key.string {
            case "backend": self.declaration.backend = self.word(value, "backend")
            case "version": self.declaration.version = self.word(value, "version")
            case "adapter": self.declaration.adapter = self.word(value, "adapter")
            case "capabilities":
                guard let capabilities = value.mapping else {
                    self.complain(value, "capabilities must be an object")
                    continue
                }
                self.read(capabilities, below: "")
            default: self.unknown(key, among: keys, in: "a declaration")
            }
        }
        if self.declaration.backend.isEmpty, self.problems.isEmpty {
            self.problems.append("\(self.file):1:1: error: backend is missing: give the backend a name")
        }
    }

    private mutating func word(_ node: Node, _ key: String) -> String {
        guard let text = node.string, !text.isEmpty else {
            self.complain(node, "\(key) must be a text")
            return ""
        }
        return text
    }

    private mutating func read(_ mapping: Node.Mapping, below prefix: String) {
        for (key, value) in mapping {
            let path = prefix + (key.string ?? "")
            if let entry = DeclarationSchema.entry(path) {
                self.take(value, for: entry)
            } else if DeclarationSchema.all.contains(where: { $0.key.hasPrefix(path + ".") }) {
                guard let nested = value.mapping else {
                    self.complain(value, "\(path) must be an object")
                    continue
                }
                self.read(nested, below: path + ".")
            } else {
                self.unknown(key, among: DeclarationSchema.all.map(\.key), in: "capabilities", path: path)
            }
        }
    }

    private mutating func take(_ node: Node, for entry: DeclarationSchema.Entry) {
        if node.null != nil, node.string == nil || node.tag.description.hasSuffix("null") { return }
        let value: DeclaredValue? =
            switch entry.kind {
            case .flag: node.bool.map(DeclaredValue.flag)
            case .number: node.int.flatMap { $0 >= 0 ? .number($0) : nil }
            case .text: node.string.map(DeclaredValue.text)
            case .oneOf(let words): node.string.flatMap { words.contains($0) ? .text($0) : nil }
            case .texts: node.sequence.map { DeclaredValue.list($0.compactMap(\.string)) }
            case .list(let words):
                node.sequence.flatMap { items in
                    let texts = items.compactMap(\.string)
                    return texts.allSatisfy(words.contains) && texts.count == items.count ? .list(texts) : nil
                }
            }
        guard let value else { return self.complain(node, "\(entry.key) must be \(Self.wanted(entry.kind))") }
        self.declaration[entry.key] = value
    }

    private static func wanted(_ kind: DeclarationSchema.Kind) -> String {
        switch kind {
        case .flag: "true or false"
        case .number: "a whole number, not negative"
        case .text: "a text"
        case .texts: "a list of texts"
        case .oneOf(let words): words.joined(separator: " or ")
        case .list(let words): "a list of \(words.joined(separator: ", "))"
        }
    }

    private mutating func unknown(_ key: Node, among keys: [String], in place: String, path: String? = nil) {
        let word = path ?? key.string ?? ""
        let guess = Spelling.nearest(to: word, among: keys).map { " (did you mean \($0)?)" } ?? ""
        self.complain(key, "there is no key '\(word)' in \(place)\(guess)")
    }

    private mutating func complain(_ node: Node, _ text: String) {
        let mark = node.mark.map { "\($0.line):\($0.column)" } ?? "1:1"
        self.problems.append("\(self.file):\(mark): error: \(text)")
    }
}
