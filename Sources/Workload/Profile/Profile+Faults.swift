extension Profile {
    /// One thing that goes wrong between agents and backend, or with the backend, at a planned time.
    package struct Fault: Equatable, Sendable {
        /// When it begins, from T0.
        package var at: Duration
        /// How long it lasts; zero for what happens once.
        package var span = Duration.zero
        package var kind: Kind
        /// With delay: how much; with split: nothing.
        package var by = Duration.zero
        /// With throttle: bytes a second each way and connection; with split: bytes of a piece.
        package var bytes = 0
        /// The share of the connections that it happens to.
        package var share = Ratio.percent(100)

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
            /// The backend's process and all that it started get SIGKILL.
            case kill
            /// The backend's process and all that it started get SIGSTOP, and SIGCONT when the time is over.
            case stop
            /// As ``kill``, and the same command starts the backend again when the time is over.
            case restart

            /// What a fault happens to.
            package enum Place: Sendable {
                /// The bytes and connections between agents and backend.
                case path
                /// The process of a backend that the run started.
                case process
            }

            package var place: Place {
                switch self {
                case .delay, .throttle, .stall, .cut, .reset, .refuse, .split: .path
                case .kill, .stop, .restart: .process
                }
            }

            /// Whether it happens once and has no duration.
            package var isMoment: Bool { self == .cut || self == .reset || self == .kill }

            /// Whether everybody may be gone as long as it lasts, for no fault of the backend's.
            package var takesEverybody: Bool {
                switch self {
                case .stall, .refuse, .kill, .stop, .restart: true
                case .delay, .throttle, .cut, .reset, .split: false
                }
            }
        }

        /// For people: `delay of 200ms`.
        package var name: String {
            switch self.kind {
            case .delay: "delay of \(self.by.text)"
            case .throttle: "throttle to \(self.bytes) B/s"
            case .split: "split every \(self.bytes) B"
            case .stall, .cut, .reset, .refuse, .kill, .stop, .restart: self.kind.rawValue
            }
        }
    }
}
