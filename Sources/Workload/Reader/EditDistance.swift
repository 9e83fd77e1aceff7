/// Finds what a person probably meant.
package enum EditDistance {
    /// The closest candidate, if it is close enough to be meant.
    ///
    /// - Parameters:
    ///   - word: what was written.
    ///   - candidates: what may be written.
    /// - Returns: the candidate with the fewest edits, at most a third of the word's length; upper and lower case
    ///   are alike.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        let lower = word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = self.between(lower, candidate.lowercased())
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, max(word.count, best.candidate.count) / 3) else { return nil }
        return best.candidate
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
    package static func between(_ a: String, _ b: String) -> Int {
        let a = Array(a)
        let b = Array(b)
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
