import Signaling

/// Reads a profile's nodes key by key, goes on after every mistake, and keeps them all.
struct KeyReader {
    let root: ProfileNode
    let checks: ProfileReader.Checks
    private(set) var diagnostics: [Diagnostic] = []

    init(root: ProfileNode, checks: ProfileReader.Checks) {
        self.root = root
        self.checks = checks
    }

    /// Reads a profile and holds its keys to each other.
    mutating func profile() -> Profile {
        self.checkNames(in: self.root, at: "")
        var profile = self.values()
        ProfileRules.check(&profile, &self)
        return profile
    }

    /// What stands at each key, and the default where nothing does.
    mutating func values() -> Profile {
        var profile = Profile()
        profile.name = ""
        for key in ProfileKeys.table {
            if let entry = self.entry(key.path) { key.read(&self, entry, &profile) }
        }
        return profile
    }

    /// What stands at a path.
    func entry(_ path: String) -> ProfileNode.Entry? {
        var found: ProfileNode.Entry?
        var content = self.root.content
        for name in path.split(separator: ".") {
            guard case .mapping(let entries) = content, let entry = entries.first(where: { $0.key == name }) else {
                return nil
            }
            found = entry
            content = entry.value.content
        }
        return found
    }

    /// Where the first of several paths stands that stands at all, those of flags before those of the file.
    func place(of paths: [String]) -> ProfileNode.Place {
        let places = paths.compactMap { self.entry($0)?.value.place }
        return places.first { $0.isFlag } ?? places.first ?? self.root.place
    }

    mutating func report(_ message: String, at place: ProfileNode.Place, suggestion: String? = nil) {
        self.diagnostics.append(
            Diagnostic(
                file: place.file, line: place.line, column: place.column, message: message, suggestion: suggestion))
    }

    /// The text of a scalar; nil after a report.
    mutating func text(_ node: ProfileNode, _ path: String, expected: String = "a word") -> String? {
        switch node.content {
        case .scalar(let text): return text
        case .empty: self.report("\(path) has no value", at: node.place)
        case .sequence, .mapping: self.report("\(path) is \(expected), not \(node.kind)", at: node.place)
        }
        return nil
    }

    /// What stands in a section whose names are no keys; nil after a report.
    mutating func entries(_ node: ProfileNode, _ path: String) -> [ProfileNode.Entry]? {
        switch node.content {
        case .empty: return []
        case .mapping(let entries): return entries
        case .scalar, .sequence: self.reportNoSection(node, path)
        }
        return nil
    }

    /// Reports what stands in the place of a section.
    mutating func reportNoSection(_ node: ProfileNode, _ path: String) {
        let example = ProfileKeys.inside(path).first.map { ", such as {\($0): …}" } ?? ""
        self.report("\(path.isEmpty ? "a profile" : path) is a section\(example), not \(node.kind)", at: node.place)
    }

    /// Reports names that are no keys, and what stands in the place of a section.
    private mutating func checkNames(in node: ProfileNode, at path: String) {
        let keys = ProfileKeys.inside(path)
        switch node.content {
        case .empty: return
        case .scalar where ProfileKeys.sectionsWithScalars.contains(path): return
        case .scalar, .sequence: self.reportNoSection(node, path)
        case .mapping(let entries):
            for entry in entries {
                let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                if keys.contains(entry.key) {
                    if !ProfileKeys.inside(inner).isEmpty { self.checkNames(in: entry.value, at: inner) }
                } else if path != ProfileKeys.openSection {
                    self.report(
                        "there is no key '\(entry.key)' \(path.isEmpty ? "at the top of a profile" : "in \(path)")",
                        at: entry.keyPlace,
                        suggestion: Spelling.nearest(to: entry.key, among: keys)
                            ?? ProfileKeys.path(endingIn: entry.key, outside: path))
                }
            }
        }
    }
}
