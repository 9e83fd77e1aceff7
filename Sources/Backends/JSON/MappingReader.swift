import Glibc

/// Reads the part of YAML that a mapping needs: keys with scalars, and sections of them that are indented.
struct MappingReader {
    /// One scalar: its key with the section's before it, its text and its line.
    struct Entry {
        var key: String
        var text: String
        var line: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var mistakes: [(line: Int, key: String, message: String)] = []

    init(_ text: String) {
        var section = ""
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(raw).replacing("\r", with: "")
            let content = line.drop { $0 == " " }
            guard !content.isEmpty, !content.hasPrefix("#"), content != "---" else { continue }
            guard let colon = content.firstIndex(of: ":"), !line.hasPrefix("\t") else {
                self.mistakes.append((index + 1, section, "'\(content)' is not key: value"))
                continue
            }
            let name = String(content[..<colon])
            let rest = content[content.index(after: colon)...].drop { $0 == " " }
            let isIndented = line.hasPrefix(" ")
            let key = isIndented && !section.isEmpty ? "\(section).\(name)" : name
            if !isIndented { section = "" }
            guard !rest.isEmpty, !rest.hasPrefix("#") else {
                if isIndented { self.mistakes.append((index + 1, key, "a value is missing")) } else { section = name }
                continue
            }
            if self.entries.contains(where: { $0.key == key }) {
                self.mistakes.append((index + 1, key, "it stands here a second time"))
            } else if let value = Self.scalar(rest) {
                self.entries.append(Entry(key: key, text: value, line: index + 1))
            } else {
                self.mistakes.append((index + 1, key, "the quotes do not end, or something stands behind them"))
            }
        }
    }

    /// The text of a plain, single-quoted or double-quoted scalar.
    private static func scalar(_ text: Substring) -> String? {
        func end(_ rest: Substring) -> Bool { rest.allSatisfy { $0 == " " } || rest.drop { $0 == " " }.hasPrefix("#") }
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            let plain = text.range(of: " #").map { text[..<$0.lowerBound] } ?? text
            return String(plain.reversed().drop { $0 == " " }.reversed())
        }
        var value = ""
        var at = text.index(after: text.startIndex)
        while at < text.endIndex {
            let next = text.index(after: at)
            if text[at] == quote {
                guard quote == "'", next < text.endIndex, text[next] == "'" else {
                    return end(text[next...]) ? value : nil
                }
                value.append("'")
                at = text.index(after: next)
            } else if quote == "\"", text[at] == "\\", next < text.endIndex {
                value.append(text[next])
                at = text.index(after: next)
            } else {
                value.append(text[at])
                at = next
            }
        }
        return nil
    }

    /// The text of a file; nil when it cannot be read.
    static func text(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while all.count < 1 << 20 {
            let count = read(file, &chunk, chunk.count)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            all += chunk[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}

extension Substring {
    /// Where a text stands first.
    fileprivate func range(of wanted: String) -> Range<Index>? {
        var at = self.startIndex
        while at < self.endIndex {
            if self[at...].hasPrefix(wanted) { return at..<self.index(at, offsetBy: wanted.count) }
            at = self.index(after: at)
        }
        return nil
    }
}
