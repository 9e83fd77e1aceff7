/// What a broker says of itself at one moment, by its `$SYS` topics.
///
/// Mosquitto publishes them every `sys_interval` seconds (mosquitto(8), Broker Status).
package struct BrokerReading: Equatable, Sendable {
    /// PUBLISH packets that the broker has sent to clients since it started.
    package var sent: UInt64
    /// `$SYS` publications that the reader itself had been sent before the count was taken.
    package var own: UInt64

    package init(sent: UInt64, own: UInt64) {
        self.sent = sent
        self.own = own
    }

    /// PUBLISH packets sent to others than the reader since an earlier reading.
    package func deliveries(since earlier: BrokerReading) -> Int64 {
        Int64(self.sent) - Int64(earlier.sent) - (Int64(self.own) - Int64(earlier.own))
    }
}
