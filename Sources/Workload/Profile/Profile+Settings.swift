import Signaling

extension Profile {
    /// One key of a profile with its value in force.
    package struct Setting: Codable, Equatable, Sendable {
        /// The path of the key: `signaling.candidates.offerer`.
        package var key: String
        /// The canonical text of the value.
        package var value: String
        /// Whether two runs may differ in it and still be compared.
        package var isComparable: Bool
    }

    /// Every key with its value in force, in the order of the interface.
    ///
    /// Two profiles mean the same exactly when these lists are equal. Keys that mean nothing beside others (a gap
    /// beside a spread) are left out.
    package var settings: [Setting] {
        var list = SettingList()
        list.add("name", self.name, isComparable: false)
        list.add("description", self.description, isComparable: false)
        list.add(self.backend)
        list.add("agents", "\(self.agents)")
        list.add(self.rooms)
        list.add("arrival.pattern", self.arrival.pattern.rawValue)
        if self.arrival.pattern != .burst { list.add("arrival.rate", self.arrival.rate.text) }
        list.add(self.calls)
        list.add(self.signaling)
        list.add("chatter.rate", (self.chatter ?? .off).rate.text)
        if let chatter = self.chatter { list.add("chatter.bytes", "\(chatter.bytes)") }
        if let churn = self.churn {
            list.add("churn.stay", churn.stay.text)
            list.add("churn.rejoin", churn.rejoin.text)
        }
        list.add("phases.warmup", self.phases.warmup.text)
        list.add("phases.steady", self.phases.steady.text)
        list.add("phases.drain", self.phases.drain.text)
        list.add("leave", self.leave.rawValue)
        list.add("validity.lateness", self.validity.lateness.text)
        list.add("validity.loopLag", self.validity.loopLag.text)
        list.add("validity.cpu", self.validity.cpu.text)
        for (index, gate) in self.gates.enumerated() { list.add("gates[\(index)]", gate) }
        list.add("seed", "\(self.seed)")
        list.add("generator.loops", self.generator.loops.text, isComparable: false)
        return list.settings
    }

    /// The fingerprint of everything that must be equal for two runs to be compared, 32 hexadecimal digits.
    ///
    /// That is every setting but `backend.*`, `name`, `description` and `generator.*`: FNV-1a over key and value of
    /// each, in the order of ``settings``.
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
        copy.backend.url = self.backend.url.map { Secrets.masked($0) }
        copy.backend.launch = self.backend.launch.map { $0.map { Secrets.masked($0) } }
        return copy
    }
}
