import Signaling

extension Profile {
    /// One thing that goes wrong between agents and backend, or with either of them, at a planned time.
    package struct Fault: Equatable, Sendable {
        /// When it begins, from T0.
        package var at: Duration
        /// How long it lasts; zero for what happens once.
        package var span = Duration.zero
        package var kind: Kind
        /// With delay: how much longer; with glue: what passes at once.
        package var by = Duration.zero
        /// With throttle: bytes a second each way and connection; with split: bytes of a piece.
        package var bytes = 0
        /// The share of the connections, or of the agents, that it happens to.
        package var share = Ratio.percent(100)
        /// With cpu: the processor time that the backend may use, 100 % for a core.
        package var cores = Ratio.percent(100)

        package init(at: Duration, kind: Kind) {
            self.at = at
            self.kind = kind
        }

        package enum Kind: String, CaseIterable, Sendable {
            /// Bytes take longer, each way, in their order.
            case delay
            /// No more than so many bytes a second pass.
            case throttle
            /// Nothing passes and nothing closes.
            case stall
            /// Connections end with FIN.
            case cut
            /// Connections end with RST.
            case reset
            /// New connections are refused.
            case refuse
            /// Bytes come in small pieces.
            case split
            /// Bytes of a while come together.
            case glue
            /// The backend's process and all that it started get SIGKILL.
            case kill
            /// The backend's process and all that it started get SIGSTOP, and SIGCONT when the time is over.
            case stop
            /// As ``kill``, and the same command starts the backend again when the time is over.
            case restart
            /// The backend's processes get no more than so much processor time.
            case cpu
            /// Agents end their connections without a word, and come back as their policy has it.
            case vanish
            /// Agents close their connections in order and dial again at once.
            case reconnectAll
            /// Agents do not read what comes on their connections.
            case slowReader

            /// What a fault happens to.
            package enum Place: Sendable {
                /// The bytes and connections between agents and backend.
                case path
                /// The process of a backend that the run started.
                case process
                /// The machine under the backend's processes.
                case machine
                /// The agents themselves.
                case agents
            }

            package var place: Place {
                switch self {
                case .delay, .throttle, .stall, .cut, .reset, .refuse, .split, .glue: .path
                case .kill, .stop, .restart: .process
                case .cpu: .machine
                case .vanish, .reconnectAll, .slowReader: .agents
                }
            }

            /// Whether it happens once and has no duration.
            package var isMoment: Bool {
                switch self {
                case .cut, .reset, .kill, .vanish, .reconnectAll: true
                case .delay, .throttle, .stall, .refuse, .split, .glue, .stop, .restart, .cpu, .slowReader: false
                }
            }

            /// Whether everybody may be gone as long as it lasts, for no fault of the backend's.
            package var takesEverybody: Bool {
                switch self {
                case .stall, .refuse, .kill, .stop, .restart, .cpu: true
                case .delay, .throttle, .cut, .reset, .split, .glue, .vanish, .reconnectAll, .slowReader: false
                }
            }
        }

        /// For people: `delay of 200ms`.
        package var name: String {
            switch self.kind {
            case .delay: "delay of \(self.by.text)"
            case .throttle: "throttle to \(self.bytes) B/s"
            case .glue: "glue for \(self.by.text)"
            case .cpu: "quota of \(Decimal.plain(self.cores.value)) cores"
            case .split: "split every \(self.bytes) B"
            case .reconnectAll: "reconnect of all"
            case .slowReader: "slow readers"
            case .stall, .cut, .reset, .refuse, .kill, .stop, .restart, .vanish: self.kind.rawValue
            }
        }

        /// Whether it happens to a connection or an agent; the same ones as long as it lasts, and in every run.
        ///
        /// - Parameters:
        ///   - one: its number.
        ///   - number: the fault's own, so that others meet others.
        ///   - seed: of the profile.
        /// - Returns: the same answer for the same three.
        package func strikes(_ one: Int, number: Int, seed: UInt64) -> Bool {
            let draw = SplitMix64.mix(seed, UInt64(number) << 32 | UInt64(truncatingIfNeeded: one))
            return Int64(draw % 1_000_000) < Int64(self.share.millionths)
        }
    }
}
