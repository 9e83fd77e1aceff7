/// Bytes that are no Engine.IO.
struct EngineIOError: Error, Equatable, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
