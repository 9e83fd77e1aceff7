import Backends
package import Workload

/// Puts `--backend` in the place of the profile's backend.
package enum BackendChoice {
    /// The profile with another backend.
    ///
    /// Naming an id keeps what the profile says about that backend. Naming another one drops the options that the other
    /// does not have; a `launch:` of our own `serve` starts the other one with the same flags, and a server of another
    /// make stays, with its URL, when both backends are of one dialect, as mqtt and mqtt5 are. A URL always wins over `launch:`, and
    /// options given with the id over the profile's.
    ///
    /// - Parameters:
    ///   - text: `ID`, `ID:URL` or either with `?key=value&key=value` after the ID.
    ///   - profile: the profile as read.
    /// - Returns: the profile to run.
    /// - Throws: `HarnessError` (unknown backend, bad URL).
    package static func apply(_ text: String, to profile: Profile) throws(HarnessError) -> Profile {
        let reference: BackendReference
        do {
            reference = try BackendReference.parse(text)
        } catch {
            throw Self.flagError(error)
        }
        var profile = profile
        if reference.id != profile.backend.id {
            let descriptor = BackendCatalogue.descriptor(for: reference.id)
            let servesBoth = descriptor?.embedded == false
            if !servesBoth || !BackendCatalogue.areOfOneDialect(reference.id, profile.backend.id) {
                profile.backend.url = nil
                profile.backend.launch = profile.backend.launch.flatMap { Self.launch($0, serving: reference.id) }
            }
            let known = Set(descriptor?.options.map(\.key) ?? [])
            profile.backend.options = profile.backend.options.filter { known.contains($0.key) }
            profile.backend.id = reference.id
        }
        profile.backend.options.merge(reference.options) { $1 }
        if let url = reference.url {
            profile.backend.url = "\(url)"
            profile.backend.launch = nil
        }
        return profile
    }

    /// The profile with what is known of a server because it is our own.
    ///
    /// The embedded Socket.IO relay acknowledges every join, so nobody has to guess when an agent is in.
    static func completed(_ profile: Profile) -> Profile {
        guard profile.backend.id == "socketio", profile.backend.url == nil, profile.backend.launch == nil,
            profile.backend.options["joinAck"] == nil
        else { return profile }
        var profile = profile
        profile.backend.options["joinAck"] = "always"
        return profile
    }

    /// The harness error for a mistake in a flag that names a backend.
    static func flagError(_ error: BackendError) -> HarnessError {
        let ids = BackendCatalogue.all.map(\.id).joined(separator: ", ")
        switch error.code {
        case .unknownBackend, .missingID:
            return HarnessError(.unknownBackend, "\(error)", cure: "give one of \(ids), or ID:URL", cause: error)
        case .badURL, .badScheme:
            return HarnessError(
                .badURL, "\(error)", cure: "write ID:URL, for example relay:ws://127.0.0.1:8080/", cause: error)
        case .unknownOption, .badValue:
            return HarnessError(
                .badFlag, "\(error)", cure: "signalbench list backends shows every option", cause: error)
        case .badFile:
            return HarnessError(.unreadableFile, "\(error)", cure: "check the path and the file", cause: error)
        }
    }

    private static func launch(_ words: [String], serving id: String) -> [String]? {
        guard words.count >= 3, words[0] == "signalbench", words[1] == "serve",
            BackendCatalogue.descriptor(for: id)?.embedded == true
        else { return nil }
        return ["signalbench", "serve", id] + words.dropFirst(3)
    }
}
