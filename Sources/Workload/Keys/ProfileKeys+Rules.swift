extension ProfileKeys {
    /// The section in which backends have keys of their own.
    static let openSection = "backend"

    /// Sections in whose place a scalar may stand; what it may be, its own definition says.
    static let sectionsWithScalars = ["signaling.candidates", "signaling.payload", "chatter", "churn"]

    /// The keys of `rooms` of which a profile gives one.
    static let roomLayouts = ["rooms.size", "rooms.count", "rooms.sizes"]

    /// Names of keys and sections by the section that holds them, in the order of the table.
    private static let names: [String: [String]] = {
        var names: [String: [String]] = [:]
        for key in ProfileKeys.all {
            var section = ""
            for name in key.path.split(separator: ".").map(String.init) {
                if names[section]?.contains(name) != true { names[section, default: []].append(name) }
                section = section.isEmpty ? name : "\(section).\(name)"
            }
        }
        return names
    }()

    /// Keys directly inside a section; "" is the top.
    package static func inside(_ section: String) -> [String] { self.names[section] ?? [] }

    /// The full path of a key that was looked for in the wrong section.
    static func path(endingIn name: String, outside section: String) -> String? {
        let lower = name.lowercased()
        return self.all.map(\.path).first { path in
            guard let last = path.split(separator: ".").last, path.contains(".") else { return false }
            return last.lowercased() == lower && !path.hasPrefix(section + ".")
        }
    }

    /// The article `ProfileKeys.md` of the documentation.
    static var article: String {
        let rows = self.all.map { key in
            let cells = ["`\(key.path)`", key.form, key.standard, key.meaning]
            return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let head = """
            # Keys of a profile

            What may stand in a profile and behind `--set`, as `signalbench list keys` shows it.

            Unknown keys are errors. Options of single backends, also below `backend`, are shown by `signalbench list backends`.

            | key | form | default | meaning |
            |---|---|---|---|
            """
        return head + "\n" + rows.joined(separator: "\n") + "\n"
    }

    /// Reports a layout of rooms that is not the first.
    static func isOnlyLayout(_ reader: inout KeyReader, _ entry: ProfileNode.Entry, _ profile: Profile) -> Bool {
        guard case .mapping(let entries)? = reader.entry("rooms")?.value.content else { return true }
        let layouts = entries.map(\.key).filter { self.roomLayouts.contains("rooms.\($0)") }
        guard let first = layouts.first, first != entry.key else { return true }
        reader.report("rooms.\(entry.key) contradicts rooms.\(first): give one", at: entry.keyPlace)
        return false
    }

    /// Reports a key that means nothing where members call as they arrive.
    static func isPresent(_ reader: inout KeyReader, _ entry: ProfileNode.Entry, _ profile: Profile) -> Bool {
        let reason =
            switch profile.calls.when {
            case .present: ""
            case .join: "join, where each member calls as it arrives"
            case .recorded: "recorded, where each member calls as its model did"
            }
        guard !reason.isEmpty else { return true }
        reader.report(
            "calls.\(entry.key) contradicts calls.when: \(reason)", at: entry.keyPlace, suggestion: "when: present")
        return false
    }
}

extension KeyForm where Value == [Profile.Rooms.Share] {
    /// Sizes of rooms and their shares, which add up to 100 %.
    static var shares: KeyForm {
        KeyForm(
            "size: share",
            extremes: ["{1: 100%}", "{4096: 100%}", "{4097: 100%}", "{0: 100%}", "{1: 1000000%, 2: 0.0001%}", "{}"],
            parse: { reader, node, path in
                guard let entries = reader.entries(node, path) else { return nil }
                if case .empty = node.content { return nil }
                let before = reader.diagnostics.count
                var shares: [Profile.Rooms.Share] = []
                for entry in entries {
                    let name = ProfileNode(content: .scalar(entry.key), place: entry.keyPlace)
                    let size = KeyForm<Int>.whole(1...Profile.Rooms.largest).parse(&reader, name, "a size of \(path)")
                    let share = KeyForm<Profile.Ratio>.share().parse(&reader, entry.value, "\(path).\(entry.key)")
                    if let size, let share { shares.append(Profile.Rooms.Share(size: size, share: share)) }
                }
                guard reader.diagnostics.count == before else { return nil }
                let sum = Profile.Ratio(millionths: shares.reduce(0) { $0 + $1.share.millionths })
                guard sum == .percent(100) else {
                    reader.report("\(path): the shares add up to \(sum.text), not 100%", at: node.place)
                    return nil
                }
                return shares.sorted { $0.size < $1.size }
            },
            write: { shares in
                .map(shares.map { ProfileValue.Entry(name: "\($0.size)", value: .text($0.share.text)) })
            })
    }
}

extension KeyForm where Value == [String: String] {
    /// Names and texts.
    static var texts: KeyForm {
        KeyForm(
            "name: value", extremes: ["{}", "{a: b}"],
            parse: { reader, node, path in
                guard let entries = reader.entries(node, path) else { return nil }
                var texts: [String: String] = [:]
                for entry in entries {
                    if let text = reader.text(entry.value, "\(path).\(entry.key)") { texts[entry.key] = text }
                }
                return texts
            },
            write: { texts in
                texts.isEmpty
                    ? nil
                    : .map(
                        texts.sorted { $0.key < $1.key }.map {
                            ProfileValue.Entry(name: $0.key, value: .text($0.value))
                        })
            })
    }
}
