import Signaling

extension MQTTSession {
    /// When ``expired(now:into:)`` wants to be called.
    var deadline: Instant? {
        switch self.state {
        case .closed, .refused: return nil
        case .connecting(let deadline), .leaving(let deadline): return deadline
        case .connected: break
        }
        var earliest = Instant.distantFuture
        if let pingDeadline {
            earliest = pingDeadline
        } else if self.keepAlive > 0 {
            earliest = self.lastSent + self.keepAlive
        }
        for asked in self.asked { earliest = min(earliest, asked.deadline) }
        if let ackDeadline { earliest = min(earliest, ackDeadline) }
        return earliest == .distantFuture ? nil : earliest
    }

    /// When the oldest message on its way should have been acknowledged.
    private var ackDeadline: Instant? {
        guard let patience = self.options.ackPatience, let oldest = self.inFlight.first else { return nil }
        return oldest.sentAt + patience
    }

    /// Does what is due: sends PINGREQ when nothing was sent for the keep-alive time ([MQTT-3.1.2-20]), closes a
    /// connection that the server should have closed.
    ///
    /// - Throws: ``DialectError`` of the code `timeout` when an answer of the server is overdue.
    mutating func expired(now: Instant, into out: inout Outbox) throws(DialectError) {
        switch self.state {
        case .closed, .refused: return
        case .connecting(let deadline):
            if deadline <= now { throw Self.late("CONNACK") }
            return
        case .leaving(let deadline):
            if deadline <= now { out.close(.requested) }
            return
        case .connected: break
        }
        if let pingDeadline, pingDeadline <= now { throw Self.late("PINGRESP") }
        for asked in self.asked where asked.deadline <= now {
            throw Self.late(asked.isSubscribe ? "SUBACK" : "UNSUBACK")
        }
        if let ackDeadline, ackDeadline <= now { throw Self.late("the acknowledgement of a PUBLISH") }
        if self.pingDeadline == nil, self.keepAlive > 0, self.lastSent + self.keepAlive <= now {
            self.write(.pingreq, now: now, into: &out)
            self.pingDeadline = now + self.options.patience
        }
    }

    private static func late(_ what: String) -> DialectError {
        DialectError(code: .timeout, message: "timeout waiting for \(what)")
    }
}
