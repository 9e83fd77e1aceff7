import Signaling

extension ProfileKeys {
    static let faults: [ProfileKey] = [
        ProfileKey(
            "faults", .faults, \.faults,
            "What goes wrong between agents and backend or with it, and when: {at: 10s, for: 5s, kind: delay, by: 200ms}.",
            absence: "none", isNew: true)
    ]
}

extension KeyForm where Value == [Profile.Fault] {
    /// A list of sections with `at`, `for`, `kind`, `by`, `bytes`, `cores` and `share`.
    static var faults: KeyForm {
        KeyForm(
            "at, for, kind, by, bytes, cores, share", extremes: ["[]", "[{at: 0s, kind: cut}]", "[{at: 1s}]", "[x]"],
            parse: { reader, node, path in
                switch node.content {
                case .empty: return []
                case .sequence(let elements):
                    let before = reader.diagnostics.count
                    let faults = elements.enumerated().compactMap { number, element in
                        Self.fault(&reader, element, "\(path)[\(number)]")
                    }
                    return reader.diagnostics.count == before ? faults : nil
                case .scalar, .mapping:
                    reader.report("\(path) is a list of faults, not \(node.kind)", at: node.place)
                    return nil
                }
            },
            write: { faults in faults.isEmpty ? nil : .list(faults.map(Self.value)) })
    }

    private static let names = ["at", "for", "kind", "by", "bytes", "cores", "share"]

    private static func fault(_ reader: inout KeyReader, _ node: ProfileNode, _ path: String) -> Profile.Fault? {
        guard case .mapping(let entries) = node.content else {
            reader.report(
                "\(path) is a section such as {at: 10s, for: 5s, kind: stall}, not \(node.kind)", at: node.place)
            return nil
        }
        var values: [String: ProfileNode] = [:]
        for entry in entries {
            values[entry.key] = entry.value
            guard !Self.names.contains(entry.key) else { continue }
            reader.report(
                "there is no key '\(entry.key)' in a fault", at: entry.keyPlace,
                suggestion: Spelling.nearest(to: entry.key, among: Self.names))
        }
        guard let kindNode = values["kind"], let atNode = values["at"] else {
            reader.report("\(path) needs at and kind: {at: 10s, kind: cut}", at: node.place)
            return nil
        }
        guard
            let kind = KeyForm<Profile.Fault.Kind>.choice().parse(&reader, kindNode, "\(path).kind"),
            let at = KeyForm<Profile.Duration>.duration().parse(&reader, atNode, "\(path).at")
        else { return nil }
        var fault = Profile.Fault(at: at, kind: kind)
        /// Holds a key to the kinds that it means something for.
        func wanted(_ name: String, by kinds: Set<Profile.Fault.Kind>) -> ProfileNode? {
            if kinds.contains(kind), values[name] == nil {
                reader.report("\(path): \(kind.rawValue) needs \(name)", at: node.place)
            } else if !kinds.contains(kind), let stray = values[name] {
                reader.report("\(path).\(name) means nothing for \(kind.rawValue)", at: stray.place)
            }
            return kinds.contains(kind) ? values[name] : nil
        }
        if let node = wanted("for", by: Set(Profile.Fault.Kind.allCases.filter { !$0.isMoment })) {
            fault.span =
                KeyForm<Profile.Duration>.duration(isPositive: true).parse(&reader, node, "\(path).for") ?? .zero
        }
        if let node = wanted("by", by: [.delay, .glue]) {
            fault.by = KeyForm<Profile.Duration>.duration(isPositive: true).parse(&reader, node, "\(path).by") ?? .zero
        }
        if let node = wanted("bytes", by: [.throttle, .split]) {
            fault.bytes = KeyForm<Int>.whole(1...1_000_000_000).parse(&reader, node, "\(path).bytes") ?? 1
        }
        if let node = wanted("cores", by: [.cpu]) {
            fault.cores = KeyForm<Profile.Ratio>.cores.parse(&reader, node, "\(path).cores") ?? .percent(100)
        }
        if let node = values["share"], kind.place == .process || kind.place == .machine {
            reader.report("\(path).share means nothing for \(kind.rawValue)", at: node.place)
        } else if let node = values["share"] {
            fault.share =
                KeyForm<Profile.Ratio>.share(most: "is a share of the connections or agents, at most 100%")
                .parse(&reader, node, "\(path).share") ?? .percent(100)
        }
        return fault
    }

    private static func value(_ fault: Profile.Fault) -> ProfileValue {
        var entries = [ProfileValue.Entry(name: "at", value: .text(fault.at.text))]
        if fault.span > .zero { entries.append(.init(name: "for", value: .text(fault.span.text))) }
        entries.append(.init(name: "kind", value: .text(fault.kind.rawValue)))
        if fault.by > .zero { entries.append(.init(name: "by", value: .text(fault.by.text))) }
        if fault.bytes > 0 { entries.append(.init(name: "bytes", value: .number(fault.bytes))) }
        if fault.kind == .cpu { entries.append(.init(name: "cores", value: .text(fault.cores.text))) }
        if fault.share != .percent(100) { entries.append(.init(name: "share", value: .text(fault.share.text))) }
        return .map(entries)
    }
}

extension KeyForm where Value == Profile.Ratio {
    /// Processor time; the kernel keeps no quota below a millisecond of its period of a tenth of a second.
    fileprivate static var cores: KeyForm {
        .scalar(
            "cores", expected: "a number of cores such as 0.25 or 25%", extremes: ["0.01", "0.001", "0"],
            limit: { $0 < .percent(1) ? "must be at least 1% of a core" : nil },
            read: { (text) throws(ProfileTextError) in try Profile.Ratio(text: text) }, write: { .text($0.text) })
    }
}
