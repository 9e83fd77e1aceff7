/// A node of a profile's text, with the place it stands at.
struct ProfileNode {
    /// Where a node or a key stands: in the file, or in a flag.
    struct Place: Equatable {
        var file: String
        var line: Int
        var column: Int

        static func flag(_ text: String) -> Place { Place(file: text, line: 0, column: 0) }

        var isFlag: Bool { self.line == 0 }
    }

    enum Content {
        /// Nothing behind the colon, or `~` or `null`.
        case empty
        case scalar(String)
        case sequence([ProfileNode])
        /// Keys are unique.
        case mapping([Entry])
    }

    struct Entry {
        var key: String
        var keyPlace: Place
        var value: ProfileNode
    }

    var content: Content
    var place: Place

    /// What the node is, for a message.
    var kind: String {
        switch self.content {
        case .empty: "nothing"
        case .scalar(let text): "'\(text)'"
        case .sequence: "a list"
        case .mapping: "a section"
        }
    }
}
