package import Signaling

extension Profile {
    /// How agents negotiate, and with what payload.
    package struct Signaling: Equatable, Sendable {
        package var strategy = Strategy.perfect
        package var ice = IceMode.trickle
        package var candidates = Candidates()
        package var payload = Payload.chromium
        package var pacing = Pacing.recorded
        /// Connections an agent holds at most; `auto`: the size of its room less one, so that it never binds.
        package var maxConnections = Limit.auto
        /// After this long an attempt that is not negotiated is dropped (`perfect`), and a pair counts as failed.
        package var timeout = Duration.seconds(10)
        /// A peer unheard of for this long is closed (`perfect`); absent: never.
        package var ghostTimeout: Duration?

        package init() {}

        /// ICE candidates that each side of a pair gathers.
        package struct Candidates: Equatable, Sendable {
            package var offerer = 8
            package var answerer = 3

            package init() {}

            package init(offerer: Int, answerer: Int) {
                self.offerer = offerer
                self.answerer = answerer
            }

            /// How many a profile may ask for on one side.
            package static let range = 0...256
        }

        /// Whether agents take the time to think that browsers took.
        package enum Pacing: String, CaseIterable, Sendable {
            /// Think and trickle times as recorded from Chromium.
            case recorded
            /// Everything at once.
            case none
        }
    }
}

extension Profile.Signaling {
    /// What the bodies of offers, answers and candidates are made of.
    package enum Payload: Equatable, Sendable {
        /// The recorded Chromium call, with every per-agent field replaced.
        case chromium
        /// The same, brought to exact sizes.
        case sized(Sizes)

        /// Bytes of the `sdp` and `candidate` strings, before JSON escaping.
        package struct Sizes: Equatable, Sendable {
            package var offer = 5400
            package var answer = 5100
            package var candidate = 110

            package init() {}

            package init(offer: Int, answer: Int, candidate: Int) {
                self.offer = offer
                self.answer = answer
                self.candidate = candidate
            }
        }
    }
}
