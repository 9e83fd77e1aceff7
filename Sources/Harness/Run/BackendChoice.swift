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
        // The shell that runs a command replaces its variables.
        let isCommand = BackendCatalogue.descriptor(for: String(text.prefix { $0 != ":" && $0 != "?" }))?.isCommand
        let text = isCommand == true ? text : try ProfileLoader.expanded(text, in: "--backend \(text)")
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
            profile.backend.url = url.text
            profile.backend.launch = nil
        }
        return profile
    }

    /// The profile with what is known of a server because it is our own.
    ///
    /// The embedded Socket.IO relay acknowledges every join, so nobody has to guess when an agent is in.
    static func completed(_ profile: Profile) -> Profile {
        guard BackendCatalogue.descriptor(for: profile.backend.id)?.wire == .socketIO, profile.backend.url == nil,
            profile.backend.launch == nil,
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
        case .badProgram:
            return HarnessError(
                .launchFailed, "\(error)",
                cure: "run the command by hand: it has to answer a line on its standard input",
                cause: error)
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

/// Where the backend of a run comes from.
package enum BackendPlacement: Equatable, Sendable {
    /// It runs already, at this place.
    case running(url: String)
    /// The run starts it; a foreign server listens at `url`.
    case launched(LaunchCommand, url: String?)

    /// Decides it from a profile.
    ///
    /// - Parameters:
    ///   - backend: the profile's backend.
    ///   - own: the path of this program.
    /// - Returns: a running server when only its URL is given; else a command to start.
    /// - Throws: `HarnessError` (bad URL, bad flag) when there is neither a server nor a way to start one.
    package static func of(_ backend: Profile.Backend, own: String) throws(HarnessError) -> BackendPlacement {
        if let launch = backend.launch, !launch.isEmpty {
            let isServe = launch.first == "signalbench" && launch.dropFirst().first == "serve"
            let check = isServe ? ReadyCheck.connect(host: "", port: 0) : try Self.check(of: backend)
            return .launched(.profile(launch, check: check, own: own), url: isServe ? nil : backend.url)
        }
        if let url = backend.url { return .running(url: url) }
        guard BackendCatalogue.descriptor(for: backend.id)?.embedded == true else {
            throw HarnessError(
                .badFlag, "\(backend.id) has no embedded server", cure: "give its address: --backend \(backend.id):URL")
        }
        return .launched(.embedded(backend.id, options: Self.flags(backend.options), own: own), url: nil)
    }

    private static func check(of backend: Profile.Backend) throws(HarnessError) -> ReadyCheck {
        if let text = backend.readyCheck, text != "connect" { return try ReadyCheck(text) }
        guard let text = backend.url else {
            throw HarnessError(
                .badProfile, "backend.launch is given without backend.url, so nobody knows where the server listens",
                cure: "add the server's address as backend.url")
        }
        do {
            let url = try BackendURL.parse(text)
            return .connect(host: url.host, port: url.port)
        } catch {
            throw BackendChoice.flagError(error)
        }
    }

    /// Options that are the server's business, too.
    private static let serverKeys: Set = ["delay", "echo", "path"]

    /// The flags of `serve` for options that a profile gives by key.
    static func flags(_ options: [String: String]) -> [String] {
        options.filter { self.serverKeys.contains($0.key) }.sorted { $0.key < $1.key }.flatMap {
            key, value -> [String] in
            switch value {
            case "true": ["--\(key)"]
            case "false": []
            default: ["--\(key)", value]
            }
        }
    }
}
