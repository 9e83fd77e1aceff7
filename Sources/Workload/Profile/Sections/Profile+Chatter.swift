extension Profile {
    /// The room-wide probe for fan-out latency.
    package struct Chatter: Codable, Equatable, Sendable {
        /// Probes a second and agent; above 0.
        package var rate = Rate(perSecond: 1)
        /// Bytes of the probe's `pad` string.
        package var bytes = 200

        package init() {}

        /// How the absence of chatter is written.
        static let off = {
            var chatter = Chatter()
            chatter.rate = Rate(perSecond: 0)
            return chatter
        }()
    }
}
