import NIOHTTP1

/// What a server agreed to of permessage-deflate (RFC 7692 §7.1).
struct DeflateAgreement: Equatable, Sendable {
    /// Whether the server begins each message with an empty window.
    var serverResets = false
    /// Whether this end has to.
    var clientResets = false
    /// The greatest window that this end may use, as a power of two.
    var clientWindowBits = 15

    /// What is offered: as browsers do, any window for the client.
    static let offer = "permessage-deflate; client_max_window_bits"

    /// Reads `Sec-WebSocket-Extensions` of the answer.
    ///
    /// - Parameters:
    ///   - headers: of the answer.
    ///   - isOffered: whether compression was offered.
    /// - Returns: what was agreed; nil where the server wants no compression.
    /// - Throws: ``Objection`` for what was not offered.
    static func read(_ headers: HTTPHeaders, isOffered: Bool) throws(Objection) -> DeflateAgreement? {
        let all = headers[canonicalForm: "Sec-WebSocket-Extensions"].map(String.init)
        guard let first = all.first else { return nil }
        let name = first.prefix { $0 != ";" }.filter { $0 != " " }
        guard isOffered, all.count == 1, name.lowercased() == "permessage-deflate" else {
            let shown = all.joined(separator: ", ")
            throw Objection(
                text: "it uses an extension that nobody offered: '\(shown)'"
                    + (!isOffered && shown.contains("permessage-deflate") ? "; set backend.compression to deflate" : "")
            )
        }
        var agreement = DeflateAgreement()
        var seen: Set<String> = []
        for parameter in first.split(separator: ";").dropFirst() {
            let sides = parameter.filter { !" \t\"".contains($0) }
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let bits = sides.count == 2 && sides[1].first != "0" ? Int(sides[1]) : nil
            let isWindow = bits.map { (8...15).contains($0) } ?? false
            let isNew = seen.insert(sides[0]).inserted
            switch sides[0] {
            case "server_no_context_takeover" where isNew && sides.count == 1: agreement.serverResets = true
            case "client_no_context_takeover" where isNew && sides.count == 1: agreement.clientResets = true
            // The window here is the greatest, which reads every smaller one.
            case "server_max_window_bits" where isNew && isWindow: break
            case "client_max_window_bits" where isNew && isWindow: agreement.clientWindowBits = bits ?? 15
            default:
                throw Objection(
                    text:
                        "its Sec-WebSocket-Extensions '\(first)' is no answer to '\(Self.offer)' (RFC 7692 section 7.1)"
                )
            }
        }
        return agreement
    }

    /// What is wrong with the answer.
    struct Objection: Error { var text: String }
}
