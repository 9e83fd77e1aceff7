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
