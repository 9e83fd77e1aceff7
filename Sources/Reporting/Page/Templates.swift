internal import Mustache

/// The templates, the style sheet and the script that are built into the program.
enum Templates {
    /// The page of one run.
    static func report() throws -> MustacheTemplate {
        try Self.template(PackageResources.report_mustache)
    }

    /// The page of several runs of one plan.
    static func comparison() throws -> MustacheTemplate {
        try Self.template(PackageResources.comparison_mustache)
    }

    /// The page of a conformance run.
    static func conformance() throws -> MustacheTemplate {
        try Self.template(PackageResources.conformance_mustache)
    }

    /// The style sheet of all pages.
    static let css = PackageResources.report_css

    /// The script of all pages.
    static let script = PackageResources.report_js

    private static func template(_ text: String) throws -> MustacheTemplate {
        MustacheContentTypes.register(MarkupText(), named: MarkupText.contentType)
        return try MustacheTemplate(string: text)
    }
}
