/// Puts the values of flags into a profile's nodes.
struct ProfileOverrides {
    private(set) var root: ProfileNode
    private(set) var diagnostics: [Diagnostic] = []

    init(root: ProfileNode) { self.root = root }

    /// Replaces, or makes, the node at the override's path.
    ///
    /// A layout of rooms takes the place of the file's, whichever that is; two flags may still contradict each other.
    mutating func apply(_ override: ProfileReader.Override) {
        let place = ProfileNode.Place.flag(override.source)
        let path = override.path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty && $0 != "[]" }) else {
            self.diagnostics.append(
                Diagnostic(
                    file: override.source, line: 0, column: 0, message: "'\(override.path)' is not the path of a key"))
            return
        }
        let value: ProfileNode
        if override.isLiteral {
            value = ProfileNode(content: .scalar(override.value), place: place)
        } else {
            let document = ProfileDocument(yaml: override.value, file: override.source, flag: place)
            self.diagnostics += document.diagnostics
            guard document.diagnostics.isEmpty else { return }
            value = document.root
        }
        if path.count > 1, ProfileKeys.roomLayouts.contains("\(path[0]).\(path[1])") {
            self.dropRoomLayouts(except: path[1])
        }
        self.root = Self.setting(path[...], to: value, in: self.root, place)
    }

    /// Takes the file's layouts out of `rooms`.
    private mutating func dropRoomLayouts(except kept: String) {
        guard case .mapping(var sections) = self.root.content,
            let index = sections.firstIndex(where: { $0.key == "rooms" }),
            case .mapping(var entries) = sections[index].value.content
        else { return }
        entries.removeAll {
            $0.key != kept && ProfileKeys.roomLayouts.contains("rooms.\($0.key)") && !$0.keyPlace.isFlag
        }
        sections[index].value.content = .mapping(entries)
        self.root.content = .mapping(sections)
    }

    private static func setting(
        _ path: ArraySlice<String>, to value: ProfileNode, in node: ProfileNode, _ place: ProfileNode.Place
    ) -> ProfileNode {
        guard let first = path.first else { return value }
        let isAppending = first.hasSuffix("[]")
        let key = isAppending ? String(first.dropLast(2)) : first
        var entries: [ProfileNode.Entry] = []
        if case .mapping(let present) = node.content { entries = present }
        let index = entries.firstIndex { $0.key == key }
        let present = index.map { entries[$0].value } ?? ProfileNode(content: .empty, place: place)
        let replacement =
            isAppending
            ? Self.appending(value, to: present) : Self.setting(path.dropFirst(), to: value, in: present, place)
        if let index {
            entries[index].value = replacement
        } else {
            entries.append(ProfileNode.Entry(key: key, keyPlace: place, value: replacement))
        }
        return ProfileNode(content: .mapping(entries), place: node.place)
    }

    private static func appending(_ value: ProfileNode, to list: ProfileNode) -> ProfileNode {
        switch list.content {
        case .empty: ProfileNode(content: .sequence([value]), place: value.place)
        case .sequence(let elements): ProfileNode(content: .sequence(elements + [value]), place: list.place)
        case .scalar, .mapping: ProfileNode(content: .sequence([list, value]), place: list.place)
        }
    }
}
