import Backends
import Workload

/// The `--set backend.key=value` flags that stand for options of the backend that `--backend` names, not of the profile's.
struct BackendOverrides {
    /// The flags that remain for the profile itself.
    let profile: [ProfileReader.Override]
    private let options: [ProfileReader.Override]

    /// Parts the flags: without `--backend`, all of them are the profile's.
    init(_ overrides: [ProfileReader.Override], backends: [String]) {
        let isOption: (ProfileReader.Override) -> Bool = { override in
            let path = override.path.split(separator: ".", omittingEmptySubsequences: false)
            guard !backends.isEmpty, path.count > 1, path[0] == "backend" else { return false }
            return !ProfileKeys.inside("backend").contains(String(path[1]))
        }
        self.profile = overrides.filter { !isOption($0) }
        self.options = overrides.filter(isOption)
    }

    /// Sets what each backend has of the options.
    ///
    /// - Parameter profiles: one for each `--backend`.
    /// - Returns: the profiles to run.
    /// - Throws: `HarnessError` for a value that an option cannot have, and for an option that none of them has.
    func apply(to profiles: [Profile]) throws(HarnessError) -> [Profile] {
        var profiles = profiles
        for option in self.options {
            let key = String(option.path.dropFirst("backend.".count))
            var failure: BackendError?
            var isKnown = false
            for index in profiles.indices {
                guard let descriptor = BackendCatalogue.descriptor(for: profiles[index].backend.id) else { continue }
                let value = try Self.text(option)
                let problem = descriptor.problems(in: [key: value]).first
                if let problem, problem.code == .unknownOption {
                    failure = problem
                } else if let problem {
                    throw HarnessError(
                        .badFlag, "\(option.source): \(problem)", cure: "signalbench list backends shows every option")
                } else {
                    isKnown = true
                    profiles[index].backend.options[key] = value
                }
            }
            if !isKnown, let failure {
                throw HarnessError(
                    .badFlag, "\(option.source): \(failure)", cure: "signalbench list backends shows every option")
            }
        }
        return profiles
    }

    /// The profile of defaults with all flags for one backend, which `doctor` and `conform` begin with.
    ///
    /// - Parameters:
    ///   - overrides: every `--set` and `--set-file`.
    ///   - backends: what is named in the place of the defaults' backend.
    ///   - name: of the profile.
    /// - Returns: a profile for each of them.
    /// - Throws: `HarnessError` for a mistake in a flag.
    static func defaults(
        _ overrides: [ProfileReader.Override], for backends: [String], name: String
    ) throws(HarnessError) -> [Profile] {
        let parted = BackendOverrides(overrides, backends: backends)
        switch ProfileLoader.defaults(name: name, overrides: parted.profile) {
        case .success(let base):
            return try parted.apply(
                to: backends.map { text throws(HarnessError) in try BackendChoice.apply(text, to: base) })
        case .failure(let error): throw ProfileLoader.harnessError(error)
        }
    }

    /// The value as a YAML scalar has it; a file's content letter by letter.
    private static func text(_ option: ProfileReader.Override) throws(HarnessError) -> String {
        if option.isLiteral { return option.value }
        let value = try ProfileLoader.expanded(option.value, in: option.source)
        for quote in ["\"", "'"] where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }
}
