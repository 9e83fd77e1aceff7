/// Finds the known name that a misspelt one was meant to be.
package enum Spelling {
    /// The known name with the fewest edits, if they are few enough to be a slip.
    ///
    /// - Parameters:
    ///   - word: what was written.
    ///   - known: the names that would have been right.
    /// - Returns: the nearest, at most a third of the longer word's length away, the first of several; upper and lower
    ///   case are alike.
    package static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let written = Array(word.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for name in known {
            let candidate = Array(name.lowercased().utf8)
            let distance = Self.edits(from: written, to: candidate)
            guard distance <= max(1, max(written.count, candidate.count) / 3) else { continue }
            if distance < best?.distance ?? Int.max { best = (name, distance) }
        }
        return best?.name
    }

    /// The ` (did you mean '…'?)` to append to a message, or nothing.
    package static func hint(for word: String, among known: some Sequence<String>) -> String {
        Self.nearest(to: word, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
    static func edits(from a: [UInt8], to b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
