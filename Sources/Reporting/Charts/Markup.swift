/// A small writer of well-formed elements; everything handed to it as text or attribute is escaped.
package struct Markup: Sendable {
    /// What was written so far.
    package private(set) var text = ""

    /// An empty piece of markup.
    package init() {}

    /// Writes an element without content.
    ///
    /// - Parameters:
    ///   - name: The element's name.
    ///   - attributes: Its attributes in this order.
    package mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        self.start(name, attributes)
        self.text.removeLast()
        self.text += "/>"
    }

    /// Writes an element that holds only text.
    ///
    /// - Parameters:
    ///   - name: The element's name.
    ///   - attributes: Its attributes in this order.
    ///   - content: The text, not yet escaped.
    package mutating func leaf(_ name: String, _ attributes: KeyValuePairs<String, String>, _ content: String) {
        self.element(name, attributes) { $0.text += MarkupText.escape(content) }
    }

    /// Writes an element that has no attributes and holds only text.
    ///
    /// - Parameters:
    ///   - name: The element's name.
    ///   - content: The text, not yet escaped.
    package mutating func leaf(_ name: String, _ content: String) {
        self.leaf(name, [:], content)
    }

    /// Writes an element around what the closure writes.
    ///
    /// - Parameters:
    ///   - name: The element's name.
    ///   - attributes: Its attributes in this order.
    ///   - content: Writes the children.
    package mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        content: (inout Markup) -> Void
    ) {
        self.start(name, attributes)
        content(&self)
        self.text += "</\(name)>"
    }

    /// Appends finished markup as it is.
    ///
    /// - Parameter markup: Markup written by this type.
    package mutating func append(_ markup: Markup) {
        self.text += markup.text
    }

    /// Appends text that is markup already.
    mutating func raw(_ markup: String) {
        self.text += markup
    }

    private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        self.text += "<" + name
        for (key, value) in attributes {
            self.text += " " + key + "=\"" + MarkupText.escape(value) + "\""
        }
        self.text += ">"
    }
}

extension Markup {
    /// A block of JSON for the page's script.
    ///
    /// - Parameters:
    ///   - script: JSON in which no `<` is left unescaped (``JSONValue/scriptText``), so that no text can end the block.
    ///   - attributes: Attributes of the block besides its type.
    init(script: String, attributes: KeyValuePairs<String, String>) {
        self.init()
        self.raw("<script type=\"application/json\"")
        for (key, value) in attributes { self.raw(" \(key)=\"\(MarkupText.escape(value))\"") }
        self.raw(">" + script + "</script>")
    }
}
