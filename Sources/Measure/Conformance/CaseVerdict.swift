/// What a case says of a backend.
package enum CaseVerdict: String, Codable, CaseIterable, Sendable {
    /// The requirement was put to the test and held.
    case pass
    /// It did not hold.
    case fail
    /// A SHOULD was missed, or an allowed alternative was seen.
    case nonStrict
    /// Something was found out that nobody is held to.
    case info
    /// The backend does not have what the case is about, or the dialect cannot say it.
    case notApplicable
    /// The profile or `--cases` left it out.
    case notRun
    /// A case that it rests on did not pass.
    case blocked
    /// The history is too thin for a verdict.
    case inconclusive
    /// The case could not be set up.
    case setupFail
    /// A defect of ours.
    case harnessError

    /// What a process that met it ends with, by the precedence of exit codes.
    package var exitCode: Int32 {
        switch self {
        case .pass, .nonStrict, .info, .notApplicable, .notRun: 0
        case .fail: 1
        case .blocked, .inconclusive, .setupFail: 2
        case .harnessError: 70
        }
    }
}
