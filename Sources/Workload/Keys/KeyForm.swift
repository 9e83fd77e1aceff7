import Signaling

/// How a value is written: its grammar, its range, and its one spelling.
struct KeyForm<Value: Sendable>: Sendable {
    /// For lists: `duration up to 24h`.
    let text: String
    /// Texts at both ends of the range, and beyond.
    let extremes: [String]
    /// Reads a node, or reports what is wrong with it.
    let parse: @Sendable (inout KeyReader, ProfileNode, String) -> Value?
    /// The canonical spelling; nil: none is written.
    let write: @Sendable (Value) -> ProfileValue?

    init(
        _ text: String, extremes: [String] = [],
        parse: @escaping @Sendable (inout KeyReader, ProfileNode, String) -> Value?,
        write: @escaping @Sendable (Value) -> ProfileValue?
    ) {
        self.text = text
        self.extremes = extremes
        self.parse = parse
        self.write = write
    }

    /// A value that is written as one scalar.
    ///
    /// - Parameters:
    ///   - text: for lists.
    ///   - expected: for messages, with its article.
    ///   - extremes: texts at both ends of the range, and beyond.
    ///   - limit: what is wrong with a value, worded to follow the path.
    ///   - read: reads the scalar.
    ///   - write: its canonical spelling.
    /// - Returns: the form.
    static func scalar(
        _ text: String, expected: String, extremes: [String],
        limit: @escaping @Sendable (Value) -> String? = { _ in nil },
        read: @escaping @Sendable (String) throws(ProfileTextError) -> Value,
        write: @escaping @Sendable (Value) -> ProfileValue?
    ) -> KeyForm {
        KeyForm(
            text, extremes: extremes,
            parse: { reader, node, path in
                guard let scalar = reader.text(node, path, expected: expected) else { return nil }
                do throws(ProfileTextError) {
                    let value = try read(scalar)
                    guard let problem = limit(value) else { return value }
                    reader.report("\(path) \(problem)", at: node.place)
                } catch {
                    reader.report("\(path): '\(scalar)' \(error.message)", at: node.place, suggestion: error.suggestion)
                }
                return nil
            }, write: write)
    }

    /// The same, or a word that stands for no value.
    func or(_ word: String) -> KeyForm<Value?> {
        KeyForm<Value?>(
            "\(word) | \(self.text)", extremes: [word] + self.extremes,
            parse: { reader, node, path in
                if case .scalar(word) = node.content { return .some(nil) }
                return self.parse(&reader, node, path).map { .some($0) }
            }, write: { value in value.map(self.write) ?? .text(word) })
    }

    /// The same, where only absence stands for no value.
    var orAbsent: KeyForm<Value?> {
        KeyForm<Value?>(
            self.text, extremes: self.extremes,
            parse: { reader, node, path in self.parse(&reader, node, path).map { .some($0) } },
            write: { value in value.flatMap(self.write) })
    }
}

extension KeyForm where Value == String {
    static func text(_ text: String = "text", expected: String = "a word") -> KeyForm {
        .scalar(
            text, expected: expected, extremes: ["", String(repeating: "x", count: 10_000)], read: { $0 },
            write: { .text($0) })
    }

    /// Text that ends up in names of folders or rooms.
    static func word(
        _ text: String, problem: String, isAllowed: @escaping @Sendable (String) -> Bool
    ) -> KeyForm {
        .scalar(
            text, expected: "a word", extremes: ["", "a/b", String(repeating: "x", count: 10_000)],
            limit: { isAllowed($0) ? nil : problem }, read: { $0 }, write: { .text($0) })
    }
}

extension KeyForm where Value == String {
    /// What stands before the names of rooms: empty, written `none`, or a text.
    static var roomPrefix: KeyForm {
        .scalar(
            "none | text", expected: "a text or none",
            extremes: ["none", "", "a/b", "a b", String(repeating: "x", count: 101)],
            limit: { prefix in
                let isPlain = prefix.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
                return isPlain && prefix.utf8.count <= 100 ? nil : "has at most 100 bytes, without spaces"
            }, read: { $0 == "none" ? "" : $0 }, write: { .text($0.isEmpty ? "none" : $0) })
    }
}

extension KeyForm where Value == [String] {
    /// A list of texts.
    ///
    /// - Parameters:
    ///   - text: for lists.
    ///   - element: what an entry is, without its article.
    ///   - problem: what is wrong with an entry; nil: nothing.
    /// - Returns: the form.
    static func list(
        _ text: String, of element: String,
        problem: @escaping @Sendable (ProfileReader.Checks, String) -> String? = { _, _ in nil }
    ) -> KeyForm {
        KeyForm(
            text, extremes: ["[]", "[x]"],
            parse: { reader, node, path in
                switch node.content {
                case .empty: return []
                case .sequence(let elements):
                    return elements.compactMap { entry in
                        let text = reader.text(entry, "an entry of \(path)", expected: element)
                        if let text, let problem = problem(reader.checks, text) {
                            reader.report("\(path): \(problem)", at: entry.place)
                        }
                        return text
                    }
                case .scalar, .mapping:
                    reader.report("\(path) is a list of \(element)s, not \(node.kind)", at: node.place)
                    return nil
                }
            }, write: { texts in .list(texts.map { .text($0) }) })
    }
}

extension KeyForm where Value: FixedWidthInteger {
    static func whole(_ range: ClosedRange<Value>, _ text: String? = nil) -> KeyForm {
        let isOpen = range.upperBound == .max
        return .scalar(
            text ?? "\(range.lowerBound)…\(isOpen ? "" : "\(range.upperBound)")", expected: "a whole number",
            extremes: ["\(range.lowerBound)", "\(range.upperBound)", "-1", "99999999999999999999", "1e99", "0.5"],
            read: { (text) throws(ProfileTextError) in try WholeNumber.parse(text, in: range) },
            write: { .number(UInt64(clamping: $0)) })
    }
}

extension KeyForm where Value: TextRepresentable {
    static func value(_ text: String, expected: String, extremes: [String]) -> KeyForm {
        .scalar(
            text, expected: expected, extremes: extremes,
            read: { (text) throws(ProfileTextError) in try Value(text: text) },
            write: { .text($0.text) })
    }
}

extension KeyForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One word of several.
    ///
    /// - Parameter aliases: further words.
    /// - Returns: the form.
    static func choice(aliases: [String: Value] = [:]) -> KeyForm {
        let words = Value.allCases.map(\.rawValue)
        let list = words.joined(separator: ", ")
        let wrong = words.count == 2 ? "is neither \(words[0]) nor \(words[1])" : "is none of \(list)"
        return .scalar(
            (words + aliases.keys.sorted()).joined(separator: " | "), expected: "one of \(list)",
            extremes: words + ["nonsense"],
            read: { (text) throws(ProfileTextError) in
                if let value = Value(rawValue: text) ?? aliases[text] { return value }
                throw ProfileTextError(
                    wrong, suggestion: Spelling.nearest(to: text, among: words + aliases.keys.sorted()))
            }, write: { .text($0.rawValue) })
    }
}

extension KeyForm where Value == Profile.Duration {
    /// A duration.
    ///
    /// - Parameters:
    ///   - isPositive: whether 0 is too short.
    ///   - longest: what is allowed.
    /// - Returns: the form.
    static func duration(isPositive: Bool = false, upTo longest: Profile.Duration = PlanBounds.longest) -> KeyForm {
        .scalar(
            "duration up to \(longest.text)", expected: "a duration such as 20s",
            extremes: ["0s", "1ns", longest.text, "\(longest.nanoseconds)ns", "8785h", "99999999999999999999h", "-1s"],
            limit: { duration in
                if duration == .zero, isPositive { return "must be longer than 0s" }
                return duration > longest ? "is longer than \(longest.text)" : nil
            }, read: { (text) throws(ProfileTextError) in try Profile.Duration(text: text) },
            write: { .text($0.text) })
    }
}

extension KeyForm where Value == Profile.Rate {
    static func rate(isPositive: Bool = false, example: String) -> KeyForm {
        .scalar(
            "rate up to 1000000/s", expected: "a rate such as \(example)",
            extremes: ["0", "0.001/h", "0.0000001/h", "1000000/s", "1000001/s", "-1/s"],
            limit: { $0.perSecond == 0 && isPositive ? "must be above 0" : nil },
            read: { (text) throws(ProfileTextError) in try Profile.Rate(text: text) }, write: { .text($0.text) })
    }
}

extension KeyForm where Value == Profile.Ratio {
    /// A share above 0.
    ///
    /// - Parameter most: what is wrong with more than 100 %; nil: nothing.
    /// - Returns: the form.
    static func share(most: String? = nil) -> KeyForm {
        .scalar(
            most == nil ? "share" : "share up to 100%", expected: "a share such as 10%",
            extremes: ["0", "0.000001", "0.0000001%", "100%", "101%", "100000%", "100001%", "1e9", "-1%"],
            limit: { share in
                if share.millionths == 0 { return "must be above 0%" }
                return share > .percent(100) ? most : nil
            }, read: { (text) throws(ProfileTextError) in try Profile.Ratio(text: text) }, write: { .text($0.text) })
    }
}
