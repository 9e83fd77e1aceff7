extension FailureReason {
    /// The reason in words, as a report explains it.
    package var meaning: String {
        switch self {
        case .noResponse: "nobody answered the call"
        case .refusedMax: "the called side had its maximum of connections and stayed silent"
        case .glare: "both called at once, each holds its own offer and neither gets an answer"
        case .offerTimeout: "the offer was sent and never arrived"
        case .answerTimeout: "the offer arrived and no answer was applied"
        case .candidateLost: "negotiated, but candidates are missing"
        case .falseStable: "both ends are stable, but not on the same offer and answer"
        case .peerGone: "one side lost its connection or never joined"
        case .backendRefused: "the backend answered a message with an error, or would not let one side in"
        case .altered: "an offer or answer arrived changed"
        }
    }
}
