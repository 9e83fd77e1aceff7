extension ProfileDecoder {
    mutating func calls(_ top: NodeReader.Section) -> Profile.Calls {
        let section = self.reader.section(top["calls"], "calls", keys: ProfileKeys.inside("calls"))
        var calls = Profile.Calls()
        calls.when = self.reader.choice(section, "when", default: calls.when)
        calls.gap = self.duration(section, "gap", default: calls.gap)
        if section["spread"] != nil { calls.spread = self.duration(section, "spread", default: .zero) }
        calls.callers = self.reader.value(section, "callers", default: .all, expected: "all or a whole number")
        if section["gap"] != nil, let place = section.keyPlace("spread") {
            self.reader.report("calls.spread contradicts calls.gap: give one", at: place)
        }
        guard calls.when == .join else { return calls }
        for entry in section.entries where ["gap", "spread", "callers"].contains(entry.key) {
            self.reader.report(
                "calls.\(entry.key) contradicts calls.when: join, where each member calls as it arrives",
                at: entry.keyPlace,
                suggestion: "when: present"
            )
        }
        // What means nothing is left at its default, so that it does not tell equal profiles apart.
        return Profile.Calls()
    }
}
