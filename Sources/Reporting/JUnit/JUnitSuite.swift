/// A named group of JUnit test cases.
struct JUnitSuite: Sendable {
    /// One test case.
    struct Case: Sendable {
        /// What is required.
        var name: String
        /// What went wrong; nil when it passed.
        var problem: Problem?
        /// How long it took, where that is known of it alone.
        var seconds = 0.0
    }

    /// Why a test case did not pass.
    struct Problem: Sendable {
        /// The element that tells it.
        enum Kind: String, Sendable {
            /// The requirement is broken.
            case failure
            /// The requirement could not be judged.
            case error
            /// The requirement does not apply.
            case skipped
        }

        var kind: Kind
        /// A word for machines.
        var type: String
        /// A sentence for people.
        var message: String
    }

    /// The last part of the suite's name.
    var name: String
    /// Its test cases.
    var cases: [Case]
}
