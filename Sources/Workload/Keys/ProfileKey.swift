/// One key of a profile: all that there is to know of it.
///
/// Reading YAML and `--set`, `list keys`, the JSON of reports, the comparable digest and the documentation are derived
/// from the definitions in ``ProfileKeys``.
package struct ProfileKey: Sendable {
    /// From the top: `signaling.candidates.offerer`.
    package let path: String
    /// What may stand there, range included.
    package let form: String
    /// One sentence.
    package let meaning: String
    /// The value when the key is absent; `–` where absence means something that no value says.
    package var standard: String { self.absence ?? self.write(Profile()).flatMap { Self.text($0) } ?? "–" }

    /// Whether two runs that differ in it are not compared.
    let isComparable: Bool
    /// Texts at both ends of what may stand there, and beyond.
    let extremes: [String]
    /// Puts what stands at the key into a profile.
    let read: @Sendable (inout KeyReader, ProfileNode.Entry, inout Profile) -> Void
    /// The value in force; nil where the key means nothing beside others.
    let write: @Sendable (Profile) -> ProfileValue?

    /// How the default is shown, when the value does not say it.
    private let absence: String?
    /// Whether the settings are silent about it.
    private let isSilent: @Sendable (Profile) -> Bool

    /// Defines a key that stands for one part of a profile.
    ///
    /// - Parameters:
    ///   - path: from the top.
    ///   - form: how it is written.
    ///   - place: where its value is kept.
    ///   - meaning: one sentence.
    ///   - isComparable: whether two runs that differ in it are not compared.
    ///   - absence: how the default is shown, when the value does not say it.
    ///   - isNew: whether the key came after the first release: at its default it leaves digests as they were.
    init<Value: Equatable>(
        _ path: String, _ form: KeyForm<Value>, _ place: any WritableKeyPath<Profile, Value> & Sendable,
        _ meaning: String, isComparable: Bool = true, absence: String? = nil, isNew: Bool = false
    ) {
        self.init(
            path, form, meaning, isComparable: isComparable, absence: absence,
            isSilent: { isNew && $0[keyPath: place] == Profile()[keyPath: place] },
            get: { $0[keyPath: place] }, set: { _, _, value, profile in profile[keyPath: place] = value })
    }

    /// Defines a key whose value depends on others.
    ///
    /// - Parameters:
    ///   - path: from the top.
    ///   - form: how it is written.
    ///   - meaning: one sentence.
    ///   - isComparable: whether two runs that differ in it are not compared.
    ///   - absence: how the default is shown, when the value does not say it.
    ///   - isSilent: when the settings leave it out although it is written.
    ///   - rule: reports what it contradicts; false: it does, and the value is not taken.
    ///   - get: the value; nil where it means nothing beside others.
    ///   - set: takes a value, and may report what is wrong with it.
    init<Value>(
        _ path: String, _ form: KeyForm<Value>, _ meaning: String, isComparable: Bool = true, absence: String? = nil,
        isSilent: @escaping @Sendable (Profile) -> Bool = { _ in false },
        rule: @escaping @Sendable (inout KeyReader, ProfileNode.Entry, Profile) -> Bool = { _, _, _ in true },
        get: @escaping @Sendable (Profile) -> Value?,
        set: @escaping @Sendable (inout KeyReader, ProfileNode, Value, inout Profile) -> Void
    ) {
        self.path = path
        self.form = form.text
        self.meaning = meaning
        self.isComparable = isComparable
        self.absence = absence
        self.isSilent = isSilent
        self.extremes = form.extremes
        self.read = { reader, entry, profile in
            let isAllowed = rule(&reader, entry, profile)
            guard let value = form.parse(&reader, entry.value, path), isAllowed else { return }
            set(&reader, entry.value, value, &profile)
        }
        self.write = { profile in get(profile).flatMap(form.write) }
    }

    /// Defines what may stand in the place of a section, or in it beside its keys; no list shows it.
    ///
    /// - Parameters:
    ///   - section: the path of the section.
    ///   - read: takes what stands there.
    ///   - write: what stands in the section beside its keys.
    init(
        section: String, read: @escaping @Sendable (inout KeyReader, ProfileNode.Entry, inout Profile) -> Void,
        write: @escaping @Sendable (Profile) -> ProfileValue? = { _ in nil }
    ) {
        self.path = section
        self.form = ""
        self.meaning = ""
        self.isComparable = false
        self.absence = nil
        self.isSilent = { _ in false }
        self.extremes = []
        self.read = read
        self.write = write
    }

    /// Whether it is a key of its own, and not what may stand in the place of a section.
    var isListed: Bool { !self.meaning.isEmpty }

    /// Its settings in force.
    func settings(of profile: Profile) -> [Profile.Setting] {
        guard !self.isSilent(profile), let value = self.write(profile) else { return [] }
        return value.leaves(at: self.path).map {
            Profile.Setting(key: $0.path, value: $0.text, isComparable: self.isComparable)
        }
    }

    private static func text(_ value: ProfileValue) -> String? {
        switch value {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .list, .map: nil
        }
    }
}
