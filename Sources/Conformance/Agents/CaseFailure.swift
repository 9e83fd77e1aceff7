/// Why a case cannot go on.
struct CaseFailure: Error, CustomStringConvertible {
    /// What kind of end it is.
    enum Kind {
        /// The case could not be set up, such as when an agent was not let in.
        case setup
        /// The case needs what this dialect or server cannot do.
        case notApplicable
        /// There is not enough to judge.
        case inconclusive
    }

    var kind: Kind
    var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
