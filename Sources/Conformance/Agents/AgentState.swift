/// Where a scripted agent stands.
enum AgentState: Equatable {
    case absent
    case connecting
    case welcomed
    case joining
    case joined
    case closed
}
