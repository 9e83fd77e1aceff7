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
        package enum Pacing: Equatable, Sendable {
            /// Think and trickle times as recorded from Chromium.
            case recorded
            /// Everything at once.
            case none
            /// Those of a file, pair by pair.
            case recording(Recording)
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
        /// What the peers of a file said, pair by pair, with every per-agent field replaced.
        case recording(Recording)

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

extension Profile.Signaling {
    /// A file that `signalbench record` wrote.
    package struct Recording: Equatable, Sendable {
        /// As the profile has it.
        package let path: String
        /// Of the file's bytes.
        package let digest: String
        let mesh: RecordedMesh

        /// How many peers it has.
        package var peers: Int { self.mesh.peers.count }
        /// How many pairs of them came to an answer.
        package var pairs: Int { self.mesh.pairs.count }
        /// Messages that a replay leaves out.
        package var unplayed: Int { self.mesh.unplayed }

        /// Equal are those of the same file.
        package static func == (one: Recording, other: Recording) -> Bool {
            one.path == other.path && one.digest == other.digest
        }
    }

    /// The file whose peers agents play: that of the bodies, or else of the times.
    package var recording: Recording? {
        if case .recording(let recording) = self.payload { return recording }
        if case .recording(let recording) = self.pacing { return recording }
        return nil
    }
}
