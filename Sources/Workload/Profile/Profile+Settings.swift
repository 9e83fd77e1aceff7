import Signaling

extension Profile {
    /// One key of a profile with its value in force.
    package struct Setting: Equatable, Sendable {
        /// The path of the key: `signaling.candidates.offerer`.
        package var key: String
        /// The canonical text of the value.
        package var value: String
        /// Whether two runs that differ in it are not compared.
        package var isComparable: Bool
    }

    /// Every key with its value in force, in the order of the interface.
    ///
    /// Two profiles mean the same exactly when these lists are equal. Keys that mean nothing beside others (a gap
    /// beside a spread) are left out.
    package var settings: [Setting] { ProfileKeys.table.flatMap { $0.settings(of: self) } }

    /// The fingerprint of everything that must be equal for two runs to be compared, 32 hexadecimal digits.
    ///
    /// That is every setting that its key counts in, so not `backend.*`, `name`, `description`, and
    /// `generator.*`: FNV-1a over key and value of each, in the order of ``settings``.
    package var comparableDigest: String {
        var digest = FNV128()
        for setting in self.settings where setting.isComparable {
            digest.combine(setting.key)
            digest.combine(setting.value)
        }
        return digest.hexadecimal
    }

    /// The profile without secrets, as it may stand in a report.
    ///
    /// Values of HTTP headers and of options whose names say that they are secret, user info and secret query values of the
    /// URL become `***`.
    package var redacted: Profile {
        var copy = self
        copy.backend.headers = self.backend.headers.mapValues { _ in Secrets.mask }
        for (key, value) in copy.backend.options where !key.hasPrefix("tls.") {
            copy.backend.options[key] = Secrets.isName(key) ? Secrets.mask : Secrets.masked(value)
        }
        copy.backend.reach = self.backend.reach.mapValues { Secrets.masked($0) }
        copy.backend.url = self.backend.url.map { Secrets.masked($0) }
        copy.backend.launch = self.backend.launch.map { $0.map { Secrets.masked($0) } }
        return copy
    }
}
