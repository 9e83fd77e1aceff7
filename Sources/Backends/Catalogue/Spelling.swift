/// Guesses what a misspelt word was meant to be.
enum Spelling {
    /// The candidate with the least edits, if they are few enough to be a slip.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.utf8.count / 3)
        let scored = candidates.map { (word: $0, distance: self.distance(Array(word.utf8), Array($0.utf8))) }
        guard let best = scored.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
        return best.distance <= limit ? best.word : nil
    }

    /// Insertions, deletions and replacements that turn one into the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var current = [i + 1]
            for (j, y) in b.enumerated() {
                current.append(min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
}
