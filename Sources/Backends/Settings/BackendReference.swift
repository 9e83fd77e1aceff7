/// What a user names a backend by: its id, and where a running one listens.
package struct BackendReference: Equatable, Sendable {
    package var id: String
    /// Nil asks for the embedded server.
    package var url: BackendURL?

    package init(id: String, url: BackendURL?) {
        self.id = id
        self.url = url
    }

    /// Reads `id` or `id:url`, such as `relay` or `mqtt:mqtt://127.0.0.1:1883`.
    ///
    /// - Throws: ``BackendError`` when the id is not known, when a URL stands there without an id, or when the URL is bad
    ///   or of a scheme that the backend does not speak.
    package static func parse(_ text: String) throws(BackendError) -> BackendReference {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let head = String(decoding: parts[0], as: UTF8.self)
        guard parts.count == 2 else { return BackendReference(id: try self.known(head).id, url: nil) }
        let rest = String(decoding: parts[1], as: UTF8.self)
        if rest.hasPrefix("//") {
            let scheme = head.lowercased()
            let able = BackendCatalogue.all.filter { $0.schemes.contains(scheme) }.map(\.id)
            throw BackendError(
                code: .missingID,
                message: able.isEmpty
                    ? "'\(text)' does not say which protocol to speak: write ID:URL, such as relay:ws://127.0.0.1:8080/"
                    : "'\(text)' does not say which protocol to speak: write \(able.map { "\($0):\(text)" }.joined(separator: " or "))"
            )
        }
        let descriptor = try self.known(head)
        let url = try BackendURL.parse(rest)
        try descriptor.check(url)
        return BackendReference(id: descriptor.id, url: url)
    }

    private static func known(_ id: String) throws(BackendError) -> BackendDescriptor {
        if let descriptor = BackendCatalogue.descriptor(for: id) { return descriptor }
        throw BackendCatalogue.unknown(id)
    }
}
