/// Guesses which known name a misspelt one was meant to be.
enum Spelling {
    /// The known name with the fewest edits, when they are few enough to be a slip.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - known: The names that would have been right.
    /// - Returns: The nearest within a third of its length, at least two edits; the first of several.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for name in known {
            let limit = Swift.max(2, name.utf8.count / 3)
            let distance = Self.distance(typed, Array(name.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions and replacements that turn one into the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var current = [i + 1]
            for (j, y) in b.enumerated() {
                current.append(Swift.min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
}
