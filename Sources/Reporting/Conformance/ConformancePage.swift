package import Foundation
package import Measure
internal import Mustache

/// The page of a conformance run: cases down, backends across, and below what each cell rests on.
package struct ConformancePage: Sendable {
    let title: String
    let subtitle: String
    let tool: String
    let css = Templates.css
    let script = Templates.script
    let cards: String
    let matrix: String
    let details: String
    let raw: String

    /// Renders a run.
    ///
    /// - Parameters:
    ///   - result: the run.
    ///   - tool: name and version of the program.
    /// - Returns: a whole page that needs nothing else.
    /// - Throws: what encoding or the template throws.
    package static func render(_ result: ConformanceResult, tool: String) throws -> String {
        try Templates.conformance().render(try ConformancePage(result, tool: tool))
    }

    private init(_ result: ConformanceResult, tool: String) throws {
        let names = result.backends.map(\.backend).joined(separator: ", ")
        self.title = "Conformance: \(names)"
        self.subtitle =
            "catalogue \(result.catalogue), profile \(result.profile), seed \(result.seed), \(result.startedAt)"
        self.tool = tool
        self.cards = Self.cards(result)
        self.matrix = Self.matrix(result)
        self.details = Self.details(result)
        self.raw = ReportCoding.scriptText(String(decoding: try ReportCoding.encoder().encode(result), as: UTF8.self))
    }

    private static func sign(_ verdict: CaseVerdict?) -> (sign: String, style: String, word: String) {
        switch verdict {
        case .pass: ("✓", "pass", "pass")
        case .fail: ("✗", "fail", "fail")
        case .nonStrict: ("~", "warn", "not strict")
        case .info: ("i", "plain", "info")
        case .notApplicable: ("–", "soft", "not applicable")
        case .notRun: ("·", "soft", "not run")
        case .blocked: ("⊘", "warn", "blocked")
        case .inconclusive: ("?", "warn", "inconclusive")
        case .setupFail: ("!", "fail", "setup failed")
        case .harnessError: ("!!", "fail", "harness error")
        case nil: ("", "soft", "no verdict")
        }
    }

    private static func cards(_ result: ConformanceResult) -> String {
        var markup = Markup()
        for backend in result.backends {
            let isGood = backend.exitCode == 0
            markup.element("div", ["class": "card \(isGood ? "pass" : backend.exitCode == 1 ? "fail" : "invalid")"]) {
                card in
                card.leaf("h3", backend.backend)
                let word =
                    !backend.setupFailure.isEmpty
                    ? "Not judged" : isGood ? "Conforms" : backend.exitCode == 1 ? "Does not conform" : "Not proven"
                card.leaf("p", ["class": "big word"], word)
                card.element("dl") { list in
                    for verdict in CaseVerdict.allCases {
                        guard let count = backend.counts[verdict.rawValue] else { continue }
                        list.leaf("dt", Self.sign(verdict).word)
                        list.leaf("dd", "\(count)")
                    }
                }
                if !backend.setupFailure.isEmpty { card.leaf("p", backend.setupFailure) }
                if !backend.unexpectedPasses.isEmpty {
                    card.leaf("p", "listed as failing, and passed: \(backend.unexpectedPasses.joined(separator: ", "))")
                }
                card.leaf("p", ["class": "soft"], backend.url)
            }
        }
        return markup.text
    }

    private static func matrix(_ result: ConformanceResult) -> String {
        let tables = result.backends.map { backend in
            Dictionary(backend.cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }
        // What was left out everywhere is a sentence, not a hundred cells.
        let titles = result.titles.filter { title in
            tables.contains { cases in cases[title.id].map { $0.verdict != .notRun } ?? true }
        }
        var markup = Markup()
        let left = result.titles.count - titles.count
        if left > 0 { markup.leaf("p", ["class": "soft"], "\(left) of \(result.titles.count) cases were left out.") }
        markup.element("table", ["class": "matrix"]) { table in
            table.element("thead") { head in
                head.element("tr") { row in
                    row.leaf("th", ["scope": "col"], "Case")
                    row.leaf("th", ["scope": "col", "class": "level"], "Level")
                    for backend in result.backends { row.leaf("th", ["scope": "col"], backend.backend) }
                }
            }
            table.element("tbody") { body in
                for title in titles {
                    body.element("tr") { row in
                        row.element("th", ["scope": "row", "title": title.text]) { cell in
                            cell.leaf("code", title.id)
                            cell.leaf("small", " \(title.slug)")
                        }
                        row.leaf("td", ["class": "level"], title.level.rawValue)
                        for (index, cases) in tables.enumerated() {
                            let one = cases[title.id]
                            let sign = Self.sign(one?.verdict)
                            row.element("td", ["class": "cell \(sign.style)"]) { cell in
                                guard let one, one.verdict != .notRun else {
                                    return cell.leaf("span", "\(sign.sign) \(sign.word)")
                                }
                                let label = "\(sign.word): \(one.actual)"
                                cell.element("a", ["href": "#\(title.id)-\(index)", "title": label]) { link in
                                    link.leaf("span", sign.sign)
                                    link.leaf("span", ["class": "word"], " \(sign.word)")
                                }
                            }
                        }
                    }
                }
            }
        }
        return markup.text
    }

    private static func details(_ result: ConformanceResult) -> String {
        var markup = Markup()
        for (index, backend) in result.backends.enumerated() {
            markup.leaf("h3", backend.backend)
            for one in backend.cases where one.verdict != .notRun {
                let sign = Self.sign(one.verdict)
                let isOpen = one.verdict == .fail
                markup.element(
                    "details", isOpen ? ["id": "\(one.id)-\(index)", "open": "open"] : ["id": "\(one.id)-\(index)"]
                ) { details in
                    details.element("summary") { summary in
                        summary.leaf("span", ["class": sign.style], sign.sign)
                        summary.leaf("code", " \(one.id) ")
                        summary.leaf(
                            "span",
                            "\(sign.word)\(one.isExpectedFailure ? " (listed in the baseline)" : ""): \(one.actual)")
                    }
                    if let title = result.titles.first(where: { $0.id == one.id }) {
                        details.leaf("p", ["class": "soft"], title.text)
                    }
                    details.element("dl") { list in
                        let evidence = one.evidence.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
                            separator: ", ")
                        for (name, value) in [
                            ("Expected", one.expected), ("Found", one.actual), ("Over", evidence), ("Size", one.size),
                            ("Declared", one.required.joined(separator: ", ")), ("Took", "\(one.ms) ms"),
                        ] where !value.isEmpty {
                            list.leaf("dt", name)
                            list.leaf("dd", value)
                        }
                    }
                    if let sweep = one.sweep, !sweep.isEmpty { details.append(GlareFigure(sweep).render()) }
                    if !one.counterexample.isEmpty {
                        details.append(CounterexampleDiagram(one.counterexample).render())
                    }
                }
            }
        }
        return markup.text
    }
}

/// Writes the files of a conformance run; the stream is written while it runs, and not by this.
package enum ConformanceWriter {
    /// Writes `conformance.json`, `junit.xml` and `conformance.html`.
    ///
    /// - Parameters:
    ///   - result: the run.
    ///   - tool: name and version of the program.
    ///   - folder: where to, which exists.
    ///   - html: whether the page is written.
    /// - Throws: ``ReportError``, or what encoding throws.
    package static func write(_ result: ConformanceResult, tool: String, to folder: URL, html: Bool) throws {
        try AtomicFile.write(
            try ReportCoding.encoder(isPretty: true).encode(result), to: folder.appending(path: "conformance.json"))
        try AtomicFile.write(ConformanceJUnit.render(result).utf8, to: folder.appending(path: "junit.xml"))
        if html {
            try AtomicFile.write(
                try ConformancePage.render(result, tool: tool).utf8, to: folder.appending(path: "conformance.html"))
        }
    }
}
