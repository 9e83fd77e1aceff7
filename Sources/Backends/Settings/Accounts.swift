import Signaling

/// Who the agents are for a server that knows its users: the rows of a CSV file, one for each agent.
///
/// `{column}` in headers, in the URL, and in the backend's own options stands for the agent's value.
package struct Accounts: Sendable {
    /// As the user named it.
    package let file: String
    private let columns: [String]
    private let rows: [[String]]

    /// Accounts that a run can have.
    package var count: Int { self.rows.count }

    /// Takes the text of a file.
    ///
    /// - Parameters:
    ///   - text: RFC 4180 with a header; columns are named like variables.
    ///   - file: for messages.
    /// - Throws: ``BackendError`` with the line of the first mistake.
    package init(_ text: String, file: String) throws(BackendError) {
        let records: [CSV.Record]
        do throws(CSV.Mistake) {
            records = try CSV.records(text)
        } catch {
            throw Self.bad("\(file):\(error.line): error: \(error.message)")
        }
        guard let head = records.first else {
            throw Self.bad("\(file):1: error: there is no line with the columns' names")
        }
        for (index, name) in head.fields.enumerated() {
            guard AccountTemplate.isName(name) else {
                throw Self.bad(
                    "\(file):\(head.line): error: column \(index + 1) is called '\(name)', which is no name of letters and digits"
                )
            }
            if head.fields[..<index].contains(name) {
                throw Self.bad("\(file):\(head.line): error: two columns are called '\(name)'")
            }
        }
        for record in records.dropFirst() where record.fields.count != head.fields.count {
            throw Self.bad(
                "\(file):\(record.line): error: \(record.fields.count) fields for \(head.fields.count) columns")
        }
        self.file = file
        self.columns = head.fields
        self.rows = records.dropFirst().map(\.fields)
        guard !self.rows.isEmpty else {
            throw Self.bad("\(file):\(head.line): error: no account follows the columns' names")
        }
    }

    private static func bad(_ message: String) -> BackendError { BackendError(code: .badFile, message: message) }

    /// The settings of one agent.
    ///
    /// - Parameters:
    ///   - settings: with `{column}` where an account's values belong.
    ///   - row: which account; those behind the last begin anew.
    /// - Returns: settings without accounts.
    func settings(_ settings: BackendSettings, row: Int) -> BackendSettings {
        let row = self.rows[row % self.rows.count]
        return self.filled(settings) { row[$0] }
    }

    private func filled(_ settings: BackendSettings, _ value: (Int) -> String) -> BackendSettings {
        var settings = settings
        settings.accounts = nil
        for place in AccountTemplate.places(of: settings) {
            place.put(place.template.filled(value) { self.columns.firstIndex(of: $0) }, &settings)
        }
        return settings
    }

    /// Holds settings to the file's columns.
    ///
    /// - Throws: ``BackendError`` for a `{column}` that the file does not have, and for a value that would break out of its
    ///   header.
    package func check(_ settings: BackendSettings) throws(BackendError) {
        for place in AccountTemplate.places(of: settings) {
            for name in place.template.names where !self.columns.contains(name) && place.isOurs(name) {
                throw BackendError(
                    code: .badFile,
                    message:
                        "\(place.name): \(self.file) has no column '\(name)', but \(self.columns.joined(separator: ", "))",
                    suggestion: Spelling.nearest(to: name, among: self.columns).map { "{\($0)}" })
            }
            guard place.template.form == .field else { continue }
            for column in place.template.names.compactMap({ self.columns.firstIndex(of: $0) }) {
                for (index, row) in self.rows.enumerated()
                where row[column].utf8.contains(where: { $0 < 0x20 && $0 != 9 }) {
                    throw BackendError(
                        code: .badFile,
                        message:
                            "\(place.name): '\(self.columns[column])' of account \(index + 1) in \(self.file) holds a line break or another control character, which no header may"
                    )
                }
            }
        }
    }

    /// Values that may be shown nowhere: of columns whose names say so, and of those that stand in a secret place.
    func secrets(in settings: BackendSettings) -> Secrets {
        var secrets = Secrets()
        if settings.url.user != nil {
            for row in self.rows {
                guard let user = self.filled(settings, { row[$0] }).url.user else { continue }
                secrets.insert(credentials: BasicAuthorization.value(user))
            }
        }
        // A mark in the place of each column shows where it comes to stand.
        let marked = self.filled(settings) { "column\($0)mark" }.secrets
        for (column, name) in self.columns.enumerated()
        where Secrets.isName(name) || marked.contain("column\(column)mark") {
            for row in self.rows { secrets.insert(row[column]) }
        }
        return secrets
    }
}

/// A text in which `{name}` stands for a value.
struct AccountTemplate {
    /// What the text is, and how a value has to be written in it.
    enum Form {
        /// A header: as it is, on one line.
        case field
        case plain
        /// Percent-encoded.
        case url
        /// Within a string of JSON.
        case json
    }

    /// One text of the settings that may hold `{name}`.
    struct Place {
        /// As the user knows it, such as `backend.auth`.
        var name: String
        var template: AccountTemplate
        var put: (String, inout BackendSettings) -> Void
        /// Whether a `{name}` there can only be a column.
        var isOurs: (String) -> Bool = { _ in true }
    }

    let form: Form
    private let text: String

    init(_ text: String, _ form: Form) {
        self.text = text
        self.form = form
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "_-.".utf8.contains($0)
            }
    }

    /// What stands in braces.
    var names: [String] {
        var names: [String] = []
        _ = self.filled({ _ in "" }) { name in
            names.append(name)
            return nil
        }
        return names
    }

    /// The text with a value for each name that has an index; other braces stay as they are.
    func filled(_ value: (Int) -> String, index: (String) -> Int?) -> String {
        var out = ""
        var rest = self.text[...]
        while let open = rest.firstIndex(of: "{") {
            out += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let name = rest[rest.index(after: open)..<close]
            if Self.isName(name), let index = index(String(name)) {
                out += self.written(value(index))
                rest = rest[rest.index(after: close)...]
            } else {
                out += "{"
                rest = rest.dropFirst()
            }
        }
        return out + rest
    }

    private func written(_ value: String) -> String {
        switch self.form {
        case .field, .plain: return value
        case .url: return PercentEncoding.encoded(value)
        case .json:
            var out: [UInt8] = []
            JSONText.appendEscaped(Array(value.utf8), to: &out)
            return String(decoding: out, as: UTF8.self)
        }
    }

    /// Every text in which columns may stand.
    static func places(of settings: BackendSettings) -> [Place] {
        var places: [Place] = []
        for (index, header) in settings.headers.enumerated() {
            places.append(
                Place(name: "backend.headers.\(header.0)", template: AccountTemplate(header.1, .field)) {
                    $1.headers[index].1 = $0
                })
        }
        places.append(
            Place(name: "backend.url", template: AccountTemplate(settings.url.path, .url)) { $1.url.path = $0 })
        if let user = settings.url.user {
            places.append(
                Place(name: "backend.url", template: AccountTemplate(user.name, .plain)) { $1.url.user?.name = $0 })
            if let password = user.password {
                places.append(
                    Place(name: "backend.url", template: AccountTemplate(password, .plain)) {
                        $1.url.user?.password = $0
                    })
            }
        }
        for (key, text) in settings.options.sorted(by: { $0.key < $1.key }) where !Self.shared.contains(key) {
            let form: Form = Self.isJSON(text) ? .json : Self.pairs.contains(key) ? .url : .plain
            places.append(
                Place(
                    name: "backend.\(key)", template: AccountTemplate(text, form), put: { $1.options[key] = $0 },
                    isOurs: { !Self.others.contains($0) }))
        }
        return places
    }

    /// Whether a text is written as JSON, and does not merely begin with a `{name}`.
    private static func isJSON(_ text: String) -> Bool {
        guard text.first == "{" else { return text.first == "[" }
        let next = text.dropFirst().first { !$0.isWhitespace }
        return next == "\"" || next == "}"
    }

    /// Options of the connection itself, which is shared by all agents.
    private static let shared = Set(ReachOptions.options.map(\.key)).union(["tls.ca", "tls.verify"])
    /// Options that are written like a query.
    private static let pairs: Set = ["query", "userProperties"]
    /// Names that dialects have a meaning of their own for.
    private static let others: Set = ["room", "signal", "signalText", "to", "id", "from", "kind", "type", "name"]
}
