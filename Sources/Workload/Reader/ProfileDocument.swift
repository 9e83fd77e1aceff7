import Yams

/// Reads YAML into nodes, and keeps what is wrong with it.
struct ProfileDocument {
    private(set) var root: ProfileNode
    private(set) var diagnostics: [Diagnostic] = []

    private let file: String
    /// Nodes made so far: aliases of aliases could otherwise multiply without bound.
    private var nodes = 0
    private static let mostNodes = 20_000
    /// The keys that were disguised so that Yams reads on, with the scalar each began with.
    private var disguised: [Unicode.Scalar: Unicode.Scalar] = [:]

    /// Reads a file or the value of a flag.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its name, for diagnostics.
    ///   - flag: the place that stands for all places inside, when the text is the value of a flag.
    init(yaml: String, file: String, flag: ProfileNode.Place? = nil) {
        self.file = file
        let start = flag ?? ProfileNode.Place(file: file, line: 1, column: 1)
        self.root = ProfileNode(content: .empty, place: start)
        guard let node = self.compose(yaml) else { return }
        self.root = self.convert(node, flag: flag)
    }

    /// Parses with Yams, which gives up at a key that stands twice in a mapping.
    ///
    /// Such a key is disguised by a private-use character in the place of its first, so that parsing goes on with all
    /// columns unmoved; ``convert(_:flag:)`` takes the disguise off and reports the second key.
    private mutating func compose(_ yaml: String) -> Node? {
        var text = yaml
        while true {
            do {
                return try Yams.compose(yaml: text)
            } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
                guard let disguised = self.disguise(in: text, at: context.mark) else {
                    let keys = duplicates.joined(separator: ", ")
                    self.report("these keys stand twice in one section: \(keys)", at: context.mark)
                    return nil
                }
                text = disguised
                continue
            } catch let YamlError.scanner(_, problem, mark, _) {
                self.report("this is no YAML: \(problem)", at: mark)
            } catch let YamlError.parser(_, problem, mark, _) {
                self.report("this is no YAML: \(problem)", at: mark)
            } catch let YamlError.composer(_, problem, mark, _) {
                self.report("this is no YAML for a profile: \(problem)", at: mark)
            } catch let YamlError.reader(problem, offset, _, yaml) {
                self.report("this is no text: \(problem)", self.place(of: offset ?? 0, in: yaml))
            } catch {
                self.report("this is no YAML: \(error)", self.root.place)
            }
            return nil
        }
    }

    private mutating func disguise(in text: String, at mark: Mark) -> String? {
        guard self.disguised.count < 1000, let disguise = Unicode.Scalar(0xE000 + UInt32(self.disguised.count)) else {
            return nil
        }
        var scalars = Array(text.unicodeScalars)
        var index = 0
        for _ in 1..<max(1, mark.line) {
            guard let lineEnd = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = lineEnd + 1
        }
        index += mark.column - 1
        if index < scalars.count, scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index < scalars.count else { return nil }
        self.disguised[disguise] = scalars[index]
        scalars[index] = disguise
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private func undisguised(_ key: String) -> String {
        guard let first = key.unicodeScalars.first, let original = self.disguised[first] else { return key }
        return String(original) + String(key.unicodeScalars.dropFirst())
    }

    private mutating func convert(_ node: Node, flag: ProfileNode.Place?) -> ProfileNode {
        let place = flag ?? self.place(node.mark)
        self.nodes += 1
        if self.nodes == Self.mostNodes {
            self.report("aliases multiply too far", place)
        }
        guard self.nodes < Self.mostNodes else { return ProfileNode(content: .empty, place: place) }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isEmpty = isPlain && ["", "~", "null"].contains(scalar.string)
            return ProfileNode(content: isEmpty ? .empty : .scalar(scalar.string), place: place)
        case .sequence(let sequence):
            var elements: [ProfileNode] = []
            for element in sequence { elements.append(self.convert(element, flag: flag)) }
            return ProfileNode(content: .sequence(elements), place: place)
        case .mapping(let mapping):
            return ProfileNode(content: .mapping(self.entries(of: mapping, flag: flag)), place: place)
        case .alias:
            return ProfileNode(content: .empty, place: place)
        }
    }

    private mutating func entries(of mapping: Node.Mapping, flag: ProfileNode.Place?) -> [ProfileNode.Entry] {
        var entries: [ProfileNode.Entry] = []
        var merged: [ProfileNode.Entry] = []
        for (keyNode, valueNode) in mapping {
            let place = flag ?? self.place(keyNode.mark)
            guard case .scalar(let scalar) = keyNode else {
                self.report("a key must be a word", place)
                continue
            }
            let key = self.undisguised(scalar.string)
            let value = self.convert(valueNode, flag: flag)
            if key == "<<" {
                if case .mapping(let others) = value.content {
                    merged += others
                } else {
                    self.report("<< needs a section to merge, not \(value.kind)", value.place)
                }
            } else if let first = entries.first(where: { $0.key == key }) {
                self.report("'\(key)' stands twice in one section, first in line \(first.keyPlace.line)", place)
            } else {
                entries.append(ProfileNode.Entry(key: key, keyPlace: place, value: value))
            }
        }
        let own = Set(entries.map(\.key))
        return entries + merged.filter { !own.contains($0.key) }
    }

    private func place(_ mark: Mark?) -> ProfileNode.Place {
        ProfileNode.Place(file: self.file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private mutating func report(_ message: String, at mark: Mark) { self.report(message, self.place(mark)) }

    /// In the value of a flag every place is the flag.
    private mutating func report(_ message: String, _ place: ProfileNode.Place) {
        let place = self.root.place.line == 0 ? self.root.place : place
        self.diagnostics.append(
            Diagnostic(file: place.file, line: place.line, column: place.column, message: message))
    }

    /// Line and column of a character offset.
    private func place(of offset: Int, in yaml: String) -> ProfileNode.Place {
        let before = yaml.prefix(offset)
        let line = before.count { $0.isNewline } + 1
        let column = before.reversed().prefix { !$0.isNewline }.count + 1
        return ProfileNode.Place(file: self.file, line: line, column: column)
    }
}
