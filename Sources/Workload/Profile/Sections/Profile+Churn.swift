extension Profile {
    /// Members that leave and come back, each by exponential laws of its own.
    package struct Churn: Codable, Equatable, Sendable {
        /// Mean time from an arrival to the leave; above 0.
        package var stay = Duration.seconds(10)
        /// Mean time from a leave to the next arrival.
        package var rejoin = Duration.seconds(2)

        package init() {}

        package init(stay: Duration, rejoin: Duration) {
            self.stay = stay
            self.rejoin = rejoin
        }
    }
}
