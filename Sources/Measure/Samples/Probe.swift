package import Signaling

/// The latency distributions that every event loop records.
package enum Probe: Int, CaseIterable, Sendable, Codable {
    /// Chatter at every other member, from intended send; intended time inside steady.
    case fanout
    /// The same from the actual send.
    case fanoutUncorrected
    /// Per broadcast: the first receiver.
    case fanoutFirst
    /// Per broadcast: the median receiver.
    case fanoutMedian
    /// Per broadcast: the last receiver.
    case fanoutLast
    /// Per broadcast: last receiver minus first.
    case fanoutSkew
    /// Every receipt by another member, by kind, from intended send, whole run.
    case deliveryCall, deliveryResponse, deliveryOffer, deliveryAnswer, deliveryCandidate, deliveryBye, deliveryChatter
    /// HTTP login.
    case sessionLogin
    /// Dial to welcome.
    case sessionConnect
    /// Join to joined.
    case sessionJoin
    /// Connection lost to joined again.
    case sessionReconnect
    /// Time that sends waited for the backend.
    case sessionBackpressure
    /// Handed to the socket minus the later of planned time and precondition, for what was due in steady; for
    /// everything when nothing was.
    case sendLateness
    /// The same for what was due before or after.
    case sendLatenessOutside
    /// The loop's own probe on an absolute 10 ms schedule.
    case loopLag
    /// First planned call to connectable, per pair.
    case negotiationTime
    /// Think and trickle time that the plan itself put into that.
    case negotiationPlanned
    /// Room-wide signaling messages at every other member, from the moment they were due; and per broadcast.
    case signalingFanout, signalingFirst, signalingMedian, signalingLast, signalingSkew
    /// Dial minus planned arrival.
    case arrivalLateness

    /// The distribution of the deliveries of one kind.
    @inlinable
    package static func delivery(_ kind: SignalKind) -> Probe {
        switch kind {
        case .call: .deliveryCall
        case .response: .deliveryResponse
        case .offer: .deliveryOffer
        case .answer: .deliveryAnswer
        case .candidate: .deliveryCandidate
        case .bye: .deliveryBye
        case .chatter: .deliveryChatter
        }
    }

    /// The metric path that the distribution's quantiles are written under.
    package var path: String {
        switch self {
        case .fanout: "fanout.latency"
        case .fanoutUncorrected: "fanout.uncorrected"
        case .fanoutFirst: "fanout.first"
        case .fanoutMedian: "fanout.median"
        case .fanoutLast: "fanout.last"
        case .fanoutSkew: "fanout.skew"
        case .deliveryCall: "delivery.call"
        case .deliveryResponse: "delivery.response"
        case .deliveryOffer: "delivery.offer"
        case .deliveryAnswer: "delivery.answer"
        case .deliveryCandidate: "delivery.candidate"
        case .deliveryBye: "delivery.bye"
        case .deliveryChatter: "delivery.chatter"
        case .sessionLogin: "session.login"
        case .sessionConnect: "session.connect"
        case .sessionJoin: "session.join"
        case .sessionReconnect: "session.reconnect"
        case .sessionBackpressure: "session.backpressure"
        case .sendLateness: "generator.sendLateness"
        case .sendLatenessOutside: "generator.sendLatenessOutside"
        case .loopLag: "generator.loopLag"
        case .negotiationTime: "negotiation.time"
        case .negotiationPlanned: "negotiation.planned"
        case .signalingFanout: "fanout.signaling.latency"
        case .signalingFirst: "fanout.signaling.first"
        case .signalingMedian: "fanout.signaling.median"
        case .signalingLast: "fanout.signaling.last"
        case .signalingSkew: "fanout.signaling.skew"
        case .arrivalLateness: "arrivals.lateness"
        }
    }
}
