internal import Foundation
internal import Mustache

/// A page of headed sections, for what is no single run: a capacity search, a reckoning.
package struct PlainPage: Sendable {
    /// One section of the page.
    package struct Section: Sendable {
        let id: String
        let title: String
        let body: String

        /// A section.
        ///
        /// - Parameters:
        ///   - id: Its anchor.
        ///   - title: Its heading.
        ///   - body: What stands under it.
        package init(id: String, title: String, body: Markup) {
            self.id = id
            self.title = title
            self.body = body.text
        }
    }

    let title: String
    let subtitle: String
    let tool: String
    let file: String
    let sections: [Section]
    let raw: String
    let css = Templates.css
    let script = Templates.script

    /// A page.
    ///
    /// - Parameters:
    ///   - title: Its title and heading.
    ///   - subtitle: A line under the heading.
    ///   - tool: The program that made it.
    ///   - file: The name that its JSON is saved under.
    ///   - sections: What it holds, in this order.
    ///   - content: What it was made from, embedded as JSON.
    /// - Throws: What the content's encoding throws.
    package init(
        title: String, subtitle: String, tool: String, file: String, sections: [Section], content: some Encodable
    ) throws {
        self.title = title
        self.subtitle = subtitle
        self.tool = tool
        self.file = file
        self.sections = sections
        self.raw = ReportCoding.scriptText(String(decoding: try ReportCoding.encoder().encode(content), as: UTF8.self))
    }

    /// Renders the page as one HTML file.
    ///
    /// - Returns: The page's text.
    /// - Throws: What parsing the built-in template throws.
    package func render() throws -> String {
        try Templates.plain().render(self)
    }
}

extension Markup {
    /// Writes a table.
    ///
    /// - Parameters:
    ///   - heads: The heads of its columns.
    ///   - rows: Its cells as text, as many as heads; the first of each row is its head.
    package mutating func table(_ heads: [String], _ rows: [[String]]) {
        self.table(heads, rows) { cell, text in cell.leaf("span", text) }
    }

    /// Writes a table whose rows' heads are written by a closure.
    ///
    /// - Parameters:
    ///   - heads: The heads of its columns.
    ///   - rows: Its cells as text, as many as heads.
    ///   - head: Writes the first cell of a row out of its text.
    package mutating func table(_ heads: [String], _ rows: [[String]], head: (inout Markup, String) -> Void) {
        self.element("div", ["class": "scroll"]) { box in
            box.element("table") { table in
                table.element("thead") { part in
                    part.element("tr") { row in
                        for text in heads { row.leaf("th", ["scope": "col"], text) }
                    }
                }
                table.element("tbody") { part in
                    for cells in rows {
                        part.element("tr") { row in
                            row.element("th", ["scope": "row"]) { head(&$0, cells.first ?? "") }
                            for text in cells.dropFirst() { row.leaf("td", text) }
                        }
                    }
                }
            }
        }
    }
}
