/// The value of a key as it stands in JSON, or a whole section of such values.
indirect enum ProfileValue: Equatable, Sendable {
    case text(String)
    case number(UInt64)
    case list([ProfileValue])
    case map([Entry])

    /// One named value of a section.
    struct Entry: Equatable, Sendable {
        var name: String
        var value: ProfileValue
    }

    static func number(_ value: Int) -> ProfileValue { .number(UInt64(clamping: value)) }

    /// The values that stand below a path, each with its own path and its text.
    func leaves(at path: String) -> [(path: String, text: String)] {
        switch self {
        case .text(let text): [(path, text)]
        case .number(let number): [(path, "\(number)")]
        case .list(let values): values.enumerated().flatMap { $1.leaves(at: "\(path)[\($0)]") }
        case .map(let entries): entries.flatMap { $0.value.leaves(at: "\(path).\($0.name)") }
        }
    }

    /// Puts a value at a path of a section; the entries of a section join those that are there.
    mutating func set(_ path: ArraySlice<Substring>, to value: ProfileValue) {
        guard case .map(var entries) = self, let name = path.first.map(String.init) else { return }
        if let index = entries.firstIndex(where: { $0.name == name }) {
            if path.count > 1 {
                entries[index].value.set(path.dropFirst(), to: value)
            } else if case .map(let present) = entries[index].value, case .map(let more) = value {
                entries[index].value = .map(present + more)
            }
        } else if path.count > 1 {
            var section = ProfileValue.map([])
            section.set(path.dropFirst(), to: value)
            entries.append(Entry(name: name, value: section))
        } else {
            entries.append(Entry(name: name, value: value))
        }
        self = .map(entries)
    }

    /// The same as a reader's node, all of it at one place.
    func node(at place: ProfileNode.Place) -> ProfileNode {
        switch self {
        case .text(let text): ProfileNode(content: .scalar(text), place: place)
        case .number(let number): ProfileNode(content: .scalar("\(number)"), place: place)
        case .list(let values): ProfileNode(content: .sequence(values.map { $0.node(at: place) }), place: place)
        case .map(let entries):
            ProfileNode(
                content: .mapping(
                    entries.map {
                        ProfileNode.Entry(key: $0.name, keyPlace: place, value: $0.value.node(at: place))
                    }), place: place)
        }
    }
}

extension ProfileValue: Codable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let section = try? decoder.container(keyedBy: Name.self) {
            self = .map(
                try section.allKeys.map {
                    Entry(name: $0.stringValue, value: try section.decode(Self.self, forKey: $0))
                })
        } else if var list = try? decoder.unkeyedContainer() {
            var values: [ProfileValue] = []
            while !list.isAtEnd { values.append(try list.decode(Self.self)) }
            self = .list(values)
        } else {
            let scalar = try decoder.singleValueContainer()
            if let text = try? scalar.decode(String.self) {
                self = .text(text)
            } else if let number = try? scalar.decode(UInt64.self) {
                self = .number(number)
            } else if let number = try? scalar.decode(Double.self) {
                self = .text("\(number)")
            } else {
                self = .text("\(try scalar.decode(Bool.self))")
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .number(let number):
            var container = encoder.singleValueContainer()
            try container.encode(number)
        case .list(let values):
            var container = encoder.unkeyedContainer()
            for value in values { try container.encode(value) }
        case .map(let entries):
            var container = encoder.container(keyedBy: Name.self)
            for entry in entries { try container.encode(entry.value, forKey: Name(stringValue: entry.name)) }
        }
    }
}

extension Profile: Codable {
    /// Reads what ``encode(to:)`` wrote; keys of other versions are passed over.
    package init(from decoder: any Decoder) throws {
        let place = ProfileNode.Place(file: "profile", line: 1, column: 1)
        var reader = KeyReader(root: try ProfileValue(from: decoder).node(at: place), checks: ProfileReader.Checks())
        self = reader.values()
        guard reader.diagnostics.isEmpty else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: reader.diagnostics.map(\.message).joined(separator: "; ")))
        }
    }

    /// Writes every key that means something beside the others: the result is itself a profile.
    package func encode(to encoder: any Encoder) throws {
        var root = ProfileValue.map([])
        for key in ProfileKeys.table {
            if let value = key.write(self) { root.set(key.path.split(separator: ".")[...], to: value) }
        }
        try root.encode(to: encoder)
    }
}
