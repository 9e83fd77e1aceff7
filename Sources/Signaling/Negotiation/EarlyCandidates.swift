/// The candidates that overtook the description they were gathered for.
///
/// Signaling needs no more of them than their number. They wait for one description at a time: those for another one
/// displace them, so that a peer that sends candidates without end makes nothing grow.
struct EarlyCandidates: Sendable {
    private var description = DescriptionID.none
    private var count = 0
    private var hasLast = false

    mutating func add(_ description: DescriptionID, isLast: Bool) {
        if description != self.description {
            self = EarlyCandidates()
            self.description = description
        }
        self.count += 1
        if isLast { self.hasLast = true }
    }

    /// Hands over what waits for a description that is now set.
    mutating func take(_ description: DescriptionID) -> (count: Int, hasLast: Bool) {
        guard description == self.description else { return (0, false) }
        defer { self = EarlyCandidates() }
        return (self.count, self.hasLast)
    }

    /// Drops what waits for a description that will never be set.
    mutating func forget(_ description: DescriptionID) { _ = self.take(description) }
}
