import Backends
import Conformance
import Workload

/// One backend of a conformance run, with everything known of it before it is reached.
struct ConformBackend {
    /// As the user named it.
    var name: String
    var profile: Profile.Backend
    /// What its server says of itself, where a file does; nil for the built-in declaration alone.
    var declared: Declaration?

    /// Whether we start its server.
    var isOurs: Bool { self.profile.url == nil }

    /// Reads what the user wrote.
    ///
    /// - Parameters:
    ///   - text: `ID`, `ID:URL`, either with options, or a bare URL where the declaration names its adapter.
    ///   - base: the defaults with every `--set` applied.
    ///   - declared: from `--declare`.
    /// - Returns: the backend, not reached yet.
    /// - Throws: `HarnessError` (unknown backend, bad URL, bad flag).
    static func read(
        _ text: String, base: Profile, declared: Declaration?
    ) throws(HarnessError) -> ConformBackend {
        var words = text
        if let adapter = declared?.adapter, !adapter.isEmpty, text.prefix(while: { $0.isLetter }).count > 0,
            text.dropFirst(text.prefix(while: { $0.isLetter }).count).hasPrefix("://")
        {
            words = "\(adapter):\(text)"
        }
        var profile = try BackendChoice.completed(BackendChoice.apply(words, to: base)).backend
        profile.launch = nil
        guard profile.url != nil || BackendCatalogue.descriptor(for: profile.id)?.embedded == true else {
            throw HarnessError(
                .badFlag, "\(profile.id) has no embedded server",
                cure: "give its address: signalbench conform \(profile.id):URL")
        }
        return ConformBackend(name: text, profile: profile, declared: declared)
    }

    /// The fixture of a server that takes connections.
    ///
    /// - Throws: `HarnessError` (bad URL, bad flag).
    func fixture(url: String) throws(HarnessError) -> CaseFixture {
        let settings = try BackendSettings(profile: self.profile, url: url)
        do throws(BackendError) {
            var declaration = try Declaration.builtin(settings, isOurs: self.isOurs)
            if let declared, !self.isOurs { declaration = declaration.overridden(by: declared) }
            return CaseFixture(name: self.name, settings: settings, declaration: declaration, isOurs: self.isOurs)
        } catch {
            throw BackendChoice.flagError(error)
        }
    }
}
