/// The nearest of the known names to a mistyped one.
package enum Suggestion {
    /// The known name that differs from `word` by the fewest edits, when it is near enough to be meant.
    ///
    /// - Parameters:
    ///   - word: what was typed.
    ///   - known: the names that would have been right.
    /// - Returns: the nearest name within a third of its length (at least two edits), or `nil`.
    package static func nearest(to word: String, in known: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for name in known {
            let distance = Self.distance(typed, Array(name.lowercased().utf8))
            if distance <= max(2, name.utf8.count / 3), distance < best?.distance ?? Int.max {
                best = (name, distance)
            }
        }
        return best?.name
    }

    /// The ` (did you mean …?)` to append to a message, or nothing.
    package static func hint(for word: String, in known: some Sequence<String>) -> String {
        Self.nearest(to: word, in: known).map { " (did you mean '\($0)'?)" } ?? ""
    }

    /// Edits between two words, a swap of neighbours counting as one.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                row[j] = min(last[j] + 1, row[j - 1] + 1, substitution)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
