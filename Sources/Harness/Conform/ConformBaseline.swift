import Conformance
import Foundation
import Signaling

/// A list of failures that are expected, which may only shrink: lines of a backend, a case and, after `#`, the reason.
struct ConformBaseline: Equatable {
    /// One expected failure.
    struct Entry: Hashable {
        var backend: String
        var id: String
    }

    var entries: Set<Entry> = []

    /// Reads a file.
    ///
    /// - Throws: `HarnessError` (unreadable file) that names every bad line.
    static func read(path: String) throws(HarnessError) -> ConformBaseline {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HarnessError(
                .unreadableFile, "cannot read the baseline '\(path)'", cure: "check the path and the file")
        }
        var baseline = ConformBaseline()
        var problems: [String] = []
        let ids = Catalogue.current.cases.map(\.id)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            let place = "\(path):\(number + 1):1: error: "
            guard words.count == 2 else {
                problems.append("\(place)a line is a backend, a case and a # reason")
                continue
            }
            guard ids.contains(words[1]) else {
                problems.append("\(place)there is no case '\(words[1])'\(Spelling.hint(for: words[1], among: ids))")
                continue
            }
            baseline.entries.insert(Entry(backend: words[0], id: words[1]))
        }
        if !problems.isEmpty {
            throw HarnessError(.unreadableFile, problems.joined(separator: "\n"), cure: "")
        }
        return baseline
    }

    func lists(_ id: String, of backend: String) -> Bool { self.entries.contains(Entry(backend: backend, id: id)) }
}
