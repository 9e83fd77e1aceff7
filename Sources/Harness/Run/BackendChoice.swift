import Backends
package import Workload

/// Puts `--backend` in the place of the profile's backend.
package enum BackendChoice {
    /// The profile with another backend.
    ///
    /// Naming an id keeps what the profile says about that backend. Naming another one drops the profile's URL and
    /// options that the other does not have; a `launch:` of our own `serve` starts the other one with the same flags.
    /// A URL always wins over `launch:`.
    ///
    /// - Parameters:
    ///   - text: `ID` or `ID:URL`.
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
            profile.backend.url = nil
            profile.backend.launch = profile.backend.launch.flatMap { Self.launch($0, serving: reference.id) }
            let known = Set(BackendCatalogue.descriptor(for: reference.id)?.options.map(\.key) ?? [])
            profile.backend.options = profile.backend.options.filter { known.contains($0.key) }
            profile.backend.id = reference.id
        }
        if let url = reference.url {
            profile.backend.url = "\(url)"
            profile.backend.launch = nil
        }
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
