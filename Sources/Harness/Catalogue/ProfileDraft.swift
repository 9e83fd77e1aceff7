package import Backends
import Signaling
import Workload

/// A profile to begin with: every key with its meaning, those that matter set to their defaults, the others as comments.
package struct ProfileDraft: Sendable {
    /// The text of a profile file.
    package let text: String

    /// Writes a draft.
    ///
    /// - Parameter backend: what it runs against; a URL stands in it when we have no server for it.
    package init(for backend: BackendDescriptor) {
        var lines = [
            "# A profile: what happens, to which backend, and what it must meet. A line that begins with #key: is a default",
            "# or an alternative; take the # away to set it. Check the file, then run it:",
            "#",
            "#   signalbench validate FILE.yaml",
            "#   signalbench run FILE.yaml",
            "#",
            "# \(backend.id): \(backend.summary)",
        ]
        Self.write(Self.entries(for: backend)[...], depth: 0, into: &lines)
        self.text = lines.joined(separator: "\n") + "\n"
    }

    /// One key, with what stands above it.
    private struct Entry {
        var path: [String]
        var value: String
        var isSet: Bool
        var comment: String
    }

    /// A section in which everything is a comment begins with `#` at its own column.
    private struct Margin {
        var isComment = false
        var text = ""

        func line(_ text: String, isSet: Bool) -> String {
            self.isComment || isSet ? self.text + text : self.text + "#" + text
        }

        func inner(isSet: Bool) -> Margin {
            self.isComment || isSet
                ? Margin(isComment: self.isComment, text: self.text + "  ")
                : Margin(isComment: true, text: self.text + "#  ")
        }
    }

    // MARK: What stands in it

    private static func entries(for backend: BackendDescriptor) -> [Entry] {
        let defaults = Dictionary(
            Profile().settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let known = Set(ProfileKeys.all.map(\.path))
        var entries = ProfileKeys.all.map { key in
            let isBackend = key.path.hasPrefix("backend.")
            var entry = Entry(
                path: key.path.split(separator: ".").map(String.init), value: key.standard,
                isSet: !isBackend && defaults[key.path].map { !$0.isEmpty } == true,
                comment: Self.comment(key.meaning, key.form))
            switch key.path {
            case "backend.id":
                entry.value = backend.id
                entry.isSet = true
            case "backend.url":
                entry.value = Self.url(backend)
                entry.isSet = !backend.embedded
            case "gates":
                entry.value = "[negotiation.completion >= 99.9%, deliveries.lost == 0, fanout.latency.p99 < 250ms]"
                entry.isSet = true
            case "name":
                entry.isSet = false
                entry.value = ""
            // What holds without them is no value that could be written.
            case "backend.sourceAddresses", "backend.subprotocols", "expect": entry.value = ""
            default: break
            }
            return entry
        }
        let own = backend.options.filter { !known.contains("backend.\($0.key)") }.map { option in
            Entry(
                path: ["backend"] + option.key.split(separator: ".").map(String.init), value: option.defaultValue,
                isSet: false,
                comment: Self.comment(Self.sentence(option.summary), option.values.joined(separator: " | ")))
        }
        let behind = (entries.lastIndex { $0.path[0] == "backend" } ?? -1) + 1
        entries.insert(contentsOf: own, at: behind)
        return entries
    }

    private static func url(_ backend: BackendDescriptor) -> String {
        if backend.isCommand { return BackendURL(command: "./adapter.py").text }
        let scheme = backend.schemes.first ?? "ws"
        let path = backend.wire.isMQTT ? "" : "/"
        return "\(scheme)://127.0.0.1:\(BackendURL.defaultPort(of: scheme) ?? 8_080)\(path)"
    }

    private static func comment(_ meaning: String, _ form: String) -> String {
        form.isEmpty ? meaning : "\(meaning) [\(form)]"
    }

    /// A summary as a sentence of its own.
    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    // MARK: How it is written

    /// Writes entries that share the first `depth` parts of their paths.
    private static func write(
        _ entries: ArraySlice<Entry>, depth: Int, margin: Margin = Margin(), into lines: inout [String]
    ) {
        var done: Set<String> = []
        for entry in entries where done.insert(entry.path[depth]).inserted {
            let name = entry.path[depth]
            let family = entries.filter { $0.path[depth] == name }
            if depth == 0 { lines.append("") }
            let own = family.first { $0.path.count == depth + 1 }
            if let own {
                lines += Self.wrapped(own.comment, margin: margin.text)
                let isBlank = own.value == "–" || own.value.isEmpty
                lines.append(margin.line("\(name):" + (isBlank ? "" : " \(Self.scalar(own.value))"), isSet: own.isSet))
            }
            let inner = family.filter { $0.path.count > depth + 1 }
            guard !inner.isEmpty else { continue }
            // Beside a value of the section itself, its keys are an alternative.
            let isSet = own?.isSet != true && inner.contains(where: \.isSet)
            lines.append(margin.line("\(name):", isSet: isSet))
            Self.write(inner[...], depth: depth + 1, margin: margin.inner(isSet: isSet), into: &lines)
        }
    }

    /// A comment in lines of at most 120 columns.
    private static func wrapped(_ text: String, margin: String) -> [String] {
        let margin = margin + "# "
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, margin.count + line.count + 1 + word.count > 118 {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [margin + line]
    }

    /// A value as YAML, in quotes where it would be read as something else.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0 != "*" && $0 != "&" && $0 != "'" && $0 != "\"" && $0 != "%" } == true
            && !text.contains(": ") && !text.contains(" #")
        return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
    }
}
