/// Why a text is not the JSON that was wanted.
enum JSONError: Error, Equatable {
    /// Not JSON (RFC 8259), or cut off.
    case malformed
    /// JSON, but no object.
    case notAnObject
    /// Nested deeper than anybody needs.
    case tooDeep

    var message: String {
        switch self {
        case .malformed: "not JSON"
        case .notAnObject: "not a JSON object"
        case .tooDeep: "nested deeper than \(JSONWalker.maxDepth) levels"
        }
    }
}
