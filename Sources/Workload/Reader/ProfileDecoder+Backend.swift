import Signaling

extension ProfileDecoder {
    mutating func backend(_ top: NodeReader.Section) -> Profile.Backend {
        let section = self.reader.section(top["backend"], "backend", keys: nil)
        var backend = Profile.Backend()
        backend.id = self.backendID(section, default: backend.id)
        backend.launch = self.launch(section)
        backend.url = self.reader.text(section, "url", expected: "a URL")
        backend.readyCheck = self.reader.text(section, "readyCheck")
        backend.joinGrace = self.duration(section, "joinGrace", default: backend.joinGrace)
        let tls = self.reader.section(section["tls"], "backend.tls", keys: ProfileKeys.inside("backend.tls"))
        backend.tls.ca = self.reader.text(tls, "ca", expected: "a path")
        backend.tls.verify = self.reader.choice(tls, "verify", default: backend.tls.verify)
        let headers = self.reader.section(section["headers"], "backend.headers", keys: nil)
        for entry in headers.entries {
            if let value = self.reader.text(entry.value, headers.path(entry.key)) { backend.headers[entry.key] = value }
        }
        backend.connectTimeout = self.positiveDuration(section, "connectTimeout", default: backend.connectTimeout)
        backend.reconnect = self.reader.choice(section, "reconnect", default: backend.reconnect)
        backend.options = self.options(section, id: backend.id)
        return backend
    }

    private mutating func backendID(_ section: NodeReader.Section, default fallback: String) -> String {
        guard let node = section["id"], let id = self.reader.text(node, "backend.id") else { return fallback }
        if !self.checks.backendIDs.isEmpty, !self.checks.backendIDs.contains(id) {
            self.reader.report(
                "there is no backend '\(id)' (there are \(self.checks.backendIDs.joined(separator: ", ")))",
                at: node.place,
                suggestion: Spelling.nearest(to: id, among: self.checks.backendIDs)
            )
        }
        return id
    }

    private mutating func launch(_ section: NodeReader.Section) -> [String]? {
        guard let words = self.reader.list(section, "launch", of: "word") else { return nil }
        if words.isEmpty, let place = section["launch"]?.place {
            self.reader.report("backend.launch has no command", at: place)
        }
        return words.map(\.text)
    }

    /// The backend's own keys, nested ones joined by dots.
    private mutating func options(_ section: NodeReader.Section, id: String) -> [String: String] {
        let keys = self.checks.backendKeys(id)
        var options: [String: String] = [:]
        for entry in section.entries where !Profile.Backend.commonKeys.contains(entry.key) {
            for option in self.flattened(entry, entry.key) {
                if let keys, !keys.contains(option.path) {
                    let known = keys + Profile.Backend.commonKeys
                    self.reader.report(
                        "backend '\(id)' has no key '\(option.path)'", at: option.keyPlace,
                        suggestion: Spelling.nearest(to: option.path, among: known))
                } else if let message = self.checks.backendValue(id, option.path, option.text) {
                    self.reader.report("backend.\(option.path): '\(option.text)' \(message)", at: option.place)
                } else {
                    options[option.path] = option.text
                }
            }
        }
        return options
    }

    private struct Option {
        var path: String
        var text: String
        var keyPlace: ProfileNode.Place
        var place: ProfileNode.Place
    }

    private mutating func flattened(_ entry: ProfileNode.Entry, _ path: String) -> [Option] {
        if case .mapping(let entries) = entry.value.content {
            return entries.flatMap { self.flattened($0, "\(path).\($0.key)") }
        }
        guard let text = self.reader.text(entry.value, "backend.\(path)") else { return [] }
        return [Option(path: path, text: text, keyPlace: entry.keyPlace, place: entry.value.place)]
    }
}
