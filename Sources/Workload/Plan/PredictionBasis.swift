/// How far the closed forms of the mesh arithmetic hold for a plan.
package enum PredictionBasis: Equatable, Sendable {
    /// To the last message.
    case exact
    /// They are the law of a clean mesh, and the run will differ from it.
    case cleanMeshLaw(reason: String)
    /// There is none.
    case none(reason: String)

    /// Why they are not exact.
    package var reason: String? {
        switch self {
        case .exact: nil
        case .cleanMeshLaw(let reason), .none(let reason): reason
        }
    }

    /// Whether a prediction may be shown at all.
    package var exists: Bool {
        switch self {
        case .exact, .cleanMeshLaw: true
        case .none: false
        }
    }
}
