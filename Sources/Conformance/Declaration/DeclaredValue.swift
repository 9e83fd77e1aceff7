/// The value of one declared capability.
package enum DeclaredValue: Equatable, Sendable {
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([String])

    /// As it stands in reports.
    package var text: String {
        switch self {
        case .flag(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        case .list(let values): values.joined(separator: ",")
        }
    }
}
