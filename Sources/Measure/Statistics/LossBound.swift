/// What "nothing was lost" is worth.
package enum LossBound {
    /// The upper 95 % bound of the loss ratio when none of n required deliveries was lost: the rule of three.
    ///
    /// - Parameter deliveries: Required deliveries, all of them received.
    /// - Returns: 3 ÷ n, at most 1; nil when nothing was required.
    package static func withoutLoss(of deliveries: UInt64) -> Double? {
        deliveries == 0 ? nil : min(1, 3 / Double(deliveries))
    }
}
