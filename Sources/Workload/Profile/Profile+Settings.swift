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
    /// Values of HTTP headers, passwords in options and the password of a URL become `***`.
    package var redacted: Profile {
        var copy = self
        copy.backend.headers = self.backend.headers.mapValues { _ in "***" }
        for key in copy.backend.options.keys where key.lowercased().contains("password") {
            copy.backend.options[key] = "***"
        }
        copy.backend.url = self.backend.url.map(Self.withoutPassword)
        return copy
    }

    private static func withoutPassword(_ url: String) -> String {
        // scheme://user:password@host/path
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, let at = parts[2].lastIndex(of: "@"),
            let colon = parts[2][..<at].firstIndex(of: ":")
        else { return url }
        return url[..<colon] + ":***" + url[at...]
    }
}
