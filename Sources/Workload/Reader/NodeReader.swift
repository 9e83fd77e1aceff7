import Signaling

/// Reads nodes as values, and keeps what is wrong with them.
struct NodeReader {
    private(set) var diagnostics: [Diagnostic] = []

    /// One section of a profile.
    struct Section {
        var path: String
        var entries: [ProfileNode.Entry]

        subscript(key: String) -> ProfileNode? { self.entries.first { $0.key == key }?.value }

        func keyPlace(_ key: String) -> ProfileNode.Place? { self.entries.first { $0.key == key }?.keyPlace }

        /// The path of a key inside.
        func path(_ key: String) -> String { self.path.isEmpty ? key : "\(self.path).\(key)" }
    }

    mutating func report(_ message: String, at place: ProfileNode.Place, suggestion: String? = nil) {
        self.diagnostics.append(
            Diagnostic(
                file: place.file, line: place.line, column: place.column, message: message, suggestion: suggestion))
    }

    /// Opens a section; an empty or missing one has no entries.
    ///
    /// - Parameters:
    ///   - node: the section, if it is there.
    ///   - path: of the section.
    ///   - keys: all that may stand in it; nil: any.
    /// - Returns: what stands in it.
    mutating func section(_ node: ProfileNode?, _ path: String, keys: [String]?) -> Section {
        guard let node else { return Section(path: path, entries: []) }
        switch node.content {
        case .empty:
            return Section(path: path, entries: [])
        case .mapping(let entries):
            let section = Section(path: path, entries: entries)
            if let keys { self.checkKeys(of: section, among: keys) }
            return section
        case .scalar, .sequence:
            let what = path.isEmpty ? "a profile" : path
            let example = keys.flatMap(\.first).map { ", such as {\($0): …}" } ?? ""
            self.report("\(what) is a section\(example), not \(node.kind)", at: node.place)
            return Section(path: path, entries: [])
        }
    }

    /// Reports keys that do not exist.
    mutating func checkKeys(of section: Section, among keys: [String]) {
        for entry in section.entries where !keys.contains(entry.key) {
            let place = section.path.isEmpty ? "at the top of a profile" : "in \(section.path)"
            self.report(
                "there is no key '\(entry.key)' \(place)",
                at: entry.keyPlace,
                suggestion: Spelling.nearest(to: entry.key, among: keys)
                    ?? ProfileKeys.path(endingIn: entry.key, outside: section.path)
            )
        }
    }

    /// The text of a scalar; nil when it is absent or, after a report, something else.
    mutating func text(_ section: Section, _ key: String, expected: String = "a word") -> String? {
        guard let node = section[key] else { return nil }
        return self.text(node, section.path(key), expected: expected)
    }

    mutating func text(_ node: ProfileNode, _ path: String, expected: String = "a word") -> String? {
        switch node.content {
        case .scalar(let text): return text
        case .empty: self.report("\(path) has no value", at: node.place)
        case .sequence, .mapping: self.report("\(path) is \(expected), not \(node.kind)", at: node.place)
        }
        return nil
    }

    /// A value that is written as one scalar; `fallback` when it is absent or wrong.
    mutating func value<Value: TextRepresentable>(
        _ section: Section, _ key: String, default fallback: Value, expected: String
    ) -> Value {
        guard let node = section[key], let text = self.text(node, section.path(key), expected: expected) else {
            return fallback
        }
        do {
            return try Value(text: text)
        } catch {
            self.report(
                "\(section.path(key)): '\(text)' \(error.message)", at: node.place, suggestion: error.suggestion)
            return fallback
        }
    }

    mutating func whole<Number: FixedWidthInteger>(
        _ section: Section, _ key: String, default fallback: Number, in range: ClosedRange<Number>
    ) -> Number {
        guard let node = section[key] else { return fallback }
        return self.whole(node, section.path(key), in: range) ?? fallback
    }

    mutating func whole<Number: FixedWidthInteger>(
        _ node: ProfileNode, _ path: String, in range: ClosedRange<Number>
    ) -> Number? {
        guard let text = self.text(node, path, expected: "a whole number") else { return nil }
        do {
            return try WholeNumber.parse(text, in: range)
        } catch {
            self.report("\(path): '\(text)' \(error.message)", at: node.place, suggestion: error.suggestion)
            return nil
        }
    }

    /// One word of several.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ section: Section, _ key: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        guard let node = section[key],
            let text = self.text(node, section.path(key), expected: "one of \(words.joined(separator: ", "))")
        else { return fallback }
        if let choice = Choice(rawValue: text) { return choice }
        let list = words.count == 2 ? "neither \(words[0]) nor \(words[1])" : "none of \(words.joined(separator: ", "))"
        self.report(
            "\(section.path(key)): '\(text)' is \(list)", at: node.place,
            suggestion: Spelling.nearest(to: text, among: words))
        return fallback
    }

    /// A list of scalars; nil when it is absent or, after a report, something else.
    mutating func list(
        _ section: Section, _ key: String, of what: String
    ) -> [(text: String, place: ProfileNode.Place)]? {
        guard let node = section[key] else { return nil }
        switch node.content {
        case .empty: return []
        case .sequence(let elements):
            return elements.compactMap { element in
                self.text(element, "an entry of \(section.path(key))", expected: what).map { ($0, element.place) }
            }
        case .scalar, .mapping:
            self.report("\(section.path(key)) is a list of \(what)s, not \(node.kind)", at: node.place)
            return nil
        }
    }
}
