/// What a backend says of itself, in the vocabulary of ``DeclarationSchema``.
package struct Declaration: Equatable, Sendable {
    /// A name for reports.
    package var backend: String
    package var version: String
    /// The dialect that it is reached by.
    package var adapter: String
    private var values: [String: DeclaredValue]

    package init(backend: String, version: String = "", adapter: String = "", values: [String: DeclaredValue] = [:]) {
        self.backend = backend
        self.version = version
        self.adapter = adapter
        self.values = values
    }

    /// The value of a capability; nil when it is unspecified.
    package subscript(key: String) -> DeclaredValue? {
        get { self.values[key] }
        set { self.values[key] = newValue }
    }

    package func flag(_ key: String) -> Bool? {
        guard case .flag(let value)? = self.values[key] else { return nil }
        return value
    }

    package func number(_ key: String) -> Int? {
        guard case .number(let value)? = self.values[key] else { return nil }
        return value
    }

    package func text(_ key: String) -> String? {
        guard case .text(let value)? = self.values[key] else { return nil }
        return value
    }

    package func list(_ key: String) -> [String] {
        guard case .list(let value)? = self.values[key] else { return [] }
        return value
    }

    /// Every specified capability, as reports print it.
    package var declared: [String: String] { self.values.mapValues(\.text) }

    /// This declaration, with what another one says instead where it says anything.
    package func overridden(by other: Declaration) -> Declaration {
        var result = self
        if !other.backend.isEmpty { result.backend = other.backend }
        if !other.version.isEmpty { result.version = other.version }
        result.values.merge(other.values) { $1 }
        return result
    }
}
