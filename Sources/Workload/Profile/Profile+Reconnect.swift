extension Profile.Backend {
    /// How long an agent waits before it dials again, and how that grows with each connection in a row that failed.
    package struct Backoff: Equatable, Sendable {
        /// The wait after the first loss, before jitter.
        package var base: Profile.Duration
        package var factor: Profile.Factor
        /// No wait is longer.
        package var max: Profile.Duration
        package var jitter: Jitter

        package init(base: Profile.Duration, factor: Profile.Factor, max: Profile.Duration, jitter: Jitter) {
            self.base = base
            self.factor = factor
            self.max = max
            self.jitter = jitter
        }

        /// The truncated exponential back-off of RFC 6455 §7.2.3.
        package static let standard = Backoff(
            base: .milliseconds(250), factor: .init(2), max: .seconds(8), jitter: .equal)

        /// What chance does to a wait.
        package enum Jitter: String, CaseIterable, Sendable {
            /// Nothing: all that were cut at once come back at once.
            case none
            /// Between half of it and the whole.
            case equal
            /// Between nothing and the whole.
            case full
            /// Between the base and three times the wait before, at most the maximum.
            case decorrelated
            /// Half of it more or less, at most the maximum: socket.io-client's `randomizationFactor` of 0.5.
            case around
        }

        /// The wait before the next connection, in nanoseconds.
        ///
        /// - Parameters:
        ///   - failures: connections in a row that ended without having been a member's, or the one that was lost: from 1.
        ///   - previous: the wait before, in nanoseconds; 0 for the first.
        ///   - draw: a uniform random number.
        /// - Returns: nanoseconds.
        package func wait(failures: Int, previous: Int64, draw: UInt64) -> Int64 {
            let base = Double(self.base.nanoseconds)
            let longest = Double(self.max.nanoseconds)
            let unit = Double(draw >> 11) / Double(1 << 53)
            var whole = base
            // By steps, so that no power leaves the range of numbers.
            for _ in 0..<min(64, Swift.max(0, failures - 1)) where whole < longest { whole *= self.factor.value }
            whole = min(whole, longest)
            let wait =
                switch self.jitter {
                case .none: whole
                case .equal: whole * (1 + unit) / 2
                case .full: whole * unit
                case .decorrelated:
                    min(longest, base + unit * (3 * Swift.max(Double(previous), base) - base))
                case .around: min(longest, whole * (0.5 + unit))
                }
            return Int64(wait)
        }
    }
}

extension Profile.Backend.Reconnect {
    /// How a client that people know waits; nil for the words that name none.
    package var preset: Profile.Backend.Backoff? {
        switch self {
        case .none, .backoff: nil
        // reconnectionDelay 1000, reconnectionDelayMax 5000, randomizationFactor 0.5, factor 2 (socket.io-client 4).
        case .socketIO: .init(base: .seconds(1), factor: .init(2), max: .seconds(5), jitter: .around)
        // reconnect_delay_set(min_delay=1, max_delay=120), doubled (paho-mqtt for Python).
        case .paho: .init(base: .seconds(1), factor: .init(2), max: .seconds(120), jitter: .none)
        // reconnectPeriod 1000, always the same (MQTT.js).
        case .mqttJS: .init(base: .seconds(1), factor: .init(1), max: .seconds(1), jitter: .none)
        // An application calls reconnect() when it hears `disconnected`; 50 ms stand for the browser on the way to it.
        case .peerJS: .init(base: .milliseconds(50), factor: .init(1), max: .milliseconds(50), jitter: .none)
        // The reconnection time of Chromium, when the server names none.
        case .eventSource: .init(base: .seconds(3), factor: .init(1), max: .seconds(3), jitter: .none)
        }
    }
}

extension Profile.Backend {
    /// How agents that lost their connection come back; nil when they do not.
    package var reconnection: Backoff? { self.reconnect == .none ? nil : self.reconnect.preset ?? self.backoff }
}

extension Profile {
    /// A plain factor of 1 to 100, in hundredths.
    package struct Factor: TextRepresentable, Sendable {
        private let hundredths: Int

        package init(_ value: Int) { self.hundredths = value * 100 }

        package init(text: String) throws(ProfileTextError) {
            let quantity = try Quantity(text: text, kind: "a factor", example: "1.5")
            guard quantity.unit.isEmpty || quantity.unit == "x" else {
                throw ProfileTextError("is not a factor such as 1.5")
            }
            guard (1...100).contains(quantity.value) else { throw ProfileTextError("is not between 1 and 100") }
            self.hundredths = Int((quantity.value * 100).rounded())
        }

        package var value: Double { Double(self.hundredths) / 100 }

        package var text: String {
            let (whole, rest) = self.hundredths.quotientAndRemainder(dividingBy: 100)
            if rest == 0 { return "\(whole)" }
            return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
        }
    }
}
