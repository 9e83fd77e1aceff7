import Signaling

/// Collects the settings of a profile, section by section.
struct SettingList {
    private(set) var settings: [Profile.Setting] = []

    mutating func add(_ key: String, _ value: String, isComparable: Bool = true) {
        self.settings.append(Profile.Setting(key: key, value: value, isComparable: isComparable))
    }

    mutating func add(_ backend: Profile.Backend) {
        func add(_ key: String, _ value: String?) {
            if let value { self.add("backend.\(key)", value, isComparable: false) }
        }
        add("id", backend.id)
        add("launch", backend.launch?.joined(separator: " "))
        add("url", backend.url)
        add("readyCheck", backend.readyCheck)
        add("joinGrace", backend.joinGrace.text)
        add("tls.ca", backend.tls.ca)
        add("tls.verify", backend.tls.verify.rawValue)
        for (name, value) in backend.headers.sorted(by: { $0.key < $1.key }) { add("headers.\(name)", value) }
        add("connectTimeout", backend.connectTimeout.text)
        add("reconnect", backend.reconnect.rawValue)
        for (key, value) in backend.options.sorted(by: { $0.key < $1.key }) { add(key, value) }
    }

    mutating func add(_ rooms: Profile.Rooms) {
        switch rooms.layout {
        case .size(let size): self.add("rooms.size", "\(size)")
        case .count(let count): self.add("rooms.count", "\(count)")
        case .sizes(let shares):
            for share in shares { self.add("rooms.sizes.\(share.size)", share.share.text) }
        }
        self.add("rooms.fill", rooms.fill.rawValue)
    }

    mutating func add(_ calls: Profile.Calls) {
        self.add("calls.when", calls.when.rawValue)
        guard calls.when == .present else { return }
        if let spread = calls.spread {
            self.add("calls.spread", spread.text)
        } else {
            self.add("calls.gap", calls.gap.text)
        }
        self.add("calls.callers", calls.callers.text)
    }

    mutating func add(_ signaling: Profile.Signaling) {
        self.add("signaling.strategy", signaling.strategy.rawValue)
        self.add("signaling.ice", signaling.ice.rawValue)
        self.add("signaling.candidates.offerer", "\(signaling.candidates.offerer)")
        self.add("signaling.candidates.answerer", "\(signaling.candidates.answerer)")
        switch signaling.payload {
        case .chromium: self.add("signaling.payload", "chromium")
        case .sized(let sizes):
            self.add("signaling.payload.offer", "\(sizes.offer)")
            self.add("signaling.payload.answer", "\(sizes.answer)")
            self.add("signaling.payload.candidate", "\(sizes.candidate)")
        }
        self.add("signaling.pacing", signaling.pacing.rawValue)
        self.add("signaling.maxConnections", signaling.maxConnections.text)
        self.add("signaling.timeout", signaling.timeout.text)
        self.add("signaling.ghostTimeout", signaling.ghostTimeout?.text ?? "none")
    }
}
