/// Values that several sections share.
extension ProfileDecoder {
    mutating func duration(
        _ section: NodeReader.Section, _ key: String, default fallback: Profile.Duration
    ) -> Profile.Duration {
        self.reader.value(section, key, default: fallback, expected: "a duration such as 20s")
    }

    mutating func positiveDuration(
        _ section: NodeReader.Section, _ key: String, default fallback: Profile.Duration
    ) -> Profile.Duration {
        let duration = self.duration(section, key, default: fallback)
        guard duration == .zero, let node = section[key] else { return duration }
        self.reader.report("\(section.path(key)) must be longer than 0s", at: node.place)
        return fallback
    }

    mutating func positiveRate(
        _ section: NodeReader.Section, _ key: String, default fallback: Profile.Rate
    ) -> Profile.Rate {
        let rate = self.reader.value(section, key, default: fallback, expected: "a rate such as 50/s")
        guard rate.perSecond == 0, let node = section[key] else { return rate }
        self.reader.report("\(section.path(key)) must be above 0", at: node.place)
        return fallback
    }

    mutating func positiveShare(
        _ section: NodeReader.Section, _ key: String, default fallback: Profile.Ratio
    ) -> Profile.Ratio {
        let share = self.reader.value(section, key, default: fallback, expected: "a share such as 10%")
        guard share.millionths == 0, let node = section[key] else { return share }
        self.reader.report("\(section.path(key)) must be above 0%", at: node.place)
        return fallback
    }
}
