import Backends
package import Workload

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
