import Foundation
import Measure
import Reporting
import TestKit
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct PageTests {
    /// Checks a page as a browser's parser sees it: balanced tags, unique ids, existing anchors, nothing fetched, no
    /// handler attributes; prints the number of scripts and of links.
    private static let checker = """
        import sys, html.parser, pathlib
        VOID = {'meta', 'br', 'link', 'img', 'input', 'hr', 'base', 'source'}
        class Page(html.parser.HTMLParser):
            def __init__(self):
                super().__init__(convert_charrefs=True)
                self.open, self.ids, self.targets, self.bad, self.count = [], [], [], [], {}
            def handle_starttag(self, tag, attributes, closed=False):
                self.count[tag] = self.count.get(tag, 0) + 1
                for key, value in attributes:
                    if key.startswith('on') or key in ('src', 'action', 'formaction', 'srcdoc', 'xlink:href'):
                        self.bad.append((tag, key, value))
                    if key == 'href' and value.startswith('#'): self.targets.append(value[1:])
                    elif key == 'href' and ':' in value: self.bad.append((tag, key, value))
                    if key == 'id': self.ids.append(value)
                if tag in ('img', 'link', 'iframe', 'object', 'embed', 'base'): self.bad.append((tag, 'element', ''))
                if tag not in VOID and not closed: self.open.append(tag)
            def handle_startendtag(self, tag, attributes): self.handle_starttag(tag, attributes, closed=True)
            def handle_endtag(self, tag):
                if not self.open or self.open.pop() != tag: self.bad.append((tag, 'unbalanced', str(self.getpos())))
            def handle_comment(self, text): self.bad.append(('', 'comment', text))
        for name in sys.argv[1:]:
            page = Page()
            page.feed(pathlib.Path(name).read_text())
            page.close()
            if page.open: page.bad.append(('', 'left open', page.open))
            if len(set(page.ids)) != len(page.ids): page.bad.append(('', 'ids twice', sorted(page.ids)))
            lost = [t for t in page.targets if t not in page.ids]
            if lost: page.bad.append(('', 'anchors without target', lost))
            print(page.count.get('script', 0), page.count.get('svg', 0), page.bad)
        """

    private static let hostile = [
        "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\"\u{301} onmouseover=alert(1) x=\"",
        "<!--", "{{raw}}{{{css}}}", "\u{0}\u{1}\u{b}", "]]>", "&lt;", "<\u{338}svg onload=alert(1)>", "'); DROP--",
    ]

    @Test(.enabled(if: Lane.isSerial, "the parser is another program"))
    func `is well formed, fetches nothing and stays so whatever names are in it`() async throws {
        let peer = try PythonPeer.required()
        try await TemporaryFolder.with { folder in
            var plain: [String] = []
            var runs = [MadeUpRun(verdict: .fail, failures: ["glare": 212])]
            for text in Self.hostile {
                runs.append(
                    MadeUpRun(
                        verdict: .fail, name: text, description: text, room: text, backend: text,
                        failures: ["glare": 3, text: 4]))
            }
            for (index, run) in runs.enumerated() {
                let file = folder.appendingPathComponent("\(index).html")
                try ReportPage.render(run.document()).write(to: file, atomically: true, encoding: .utf8)
                plain.append(file.path)
            }
            let outcome = try await peer.run(Self.checker, plain)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == runs.count)
            let first = try #require(lines.first)
            #expect(first.hasSuffix("[]"), "\(first)")
            for (text, line) in zip(Self.hostile, lines.dropFirst()) {
                #expect(line == first, "\(text.debugDescription)")
            }
        }
    }

    @Test func `holds only well-formed drawings`() throws {
        let page = try ReportPage.render(MadeUpRun(verdict: .fail, failures: ["glare": 212]).document())
        var rest = page[...]
        var count = 0
        while let start = rest.range(of: "<figure"), let end = rest.range(of: "</figure>") {
            let drawing = String(rest[start.lowerBound..<end.upperBound])
            let parser = XMLParser(data: Data(drawing.utf8))
            #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(drawing.prefix(200))")
            rest = rest[end.upperBound...]
            count += 1
        }
        #expect(count >= 11)
    }

    @Test func `mentions no address outside the texts of the run`() throws {
        var run = MadeUpRun()
        run.description = ""
        let page = try ReportPage.render(run.document())
        #expect(!page.contains("http://") || page.components(separatedBy: "http://").count == 2)
        #expect(!page.contains("https://") && !page.contains("@import") && !page.contains("url("))
    }

    @Test(arguments: [34, 3_600, 43_200])
    func `stays below a megabyte for a run of any length`(seconds: Int) throws {
        var run = MadeUpRun(seconds: seconds)
        run.failures = ["glare": 3]
        let page = try ReportPage.render(run.document())
        #expect(page.utf8.count <= ReportPage.sizeLimit, "\(page.utf8.count) bytes")
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test func `says everything in words, without its script`() throws {
        let page = try ReportPage.render(
            MadeUpRun(verdict: .fail, failures: ["glare": 212, "candidateLost": 9]).document())
        for words in [
            "FAIL", "1 of 4 gates does not hold", "84.2 %", "412 ms p50", "11.9 ms p99", "glare", "over 63,200 samples",
            "signalbench run mesh-8 --backend relay --seed 1", "3f2a9c0d5b6e7f8190a1b2c3d4e5f607",
            "offer refused in this state",
            "164,050 total = 85,600 useful + 78,450 overheard",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test func `says not measured instead of 0 where nothing was measured`() throws {
        let page = try ReportPage.render(MadeUpRun(hasChatter: false).document())
        #expect(page.contains("Fan-out latency over time: not measured (the profile has no chatter)"))
        #expect(!page.contains("not measured ()"))
    }

    @Test func `of a run that never came to its load says why and invents nothing`() throws {
        let document = try MadeUpRun.unstarted()
        let page = try ReportPage.render(document)
        #expect(page.contains("nothing answers at 127.0.0.1:9") && page.contains("No gate was judged"))
        #expect(page.contains("Not measured (the result holds no time series)") && !page.contains("<figure"))
        #expect(!page.contains("400 of 400") && page.contains("not measured (no pair was expected to negotiate)"))
        let summary = SummaryMarkdown(document).render()
        #expect(summary.contains("nothing answers") && summary.contains("**partial**"))
        #expect(JUnitReport(document).render().contains("<skipped"))
        #expect(HistogramFiles.all(of: document).isEmpty)
    }

    @Test(arguments: [
        (Verdict.pass, "All 4 gates hold"), (.invalid, "These numbers must not be used"),
        (.interrupted, "stopped before its end"),
    ])
    func `begins with its verdict in words`(verdict: Verdict, words: String) throws {
        let run = MadeUpRun(verdict: verdict, isFit: verdict != .invalid)
        let page = try ReportPage.render(run.document())
        let strip = try #require(page.range(of: "id=\"verdict\""))
        #expect(page[strip.upperBound...].prefix(700).contains(words))
        #expect(page[strip.upperBound...].prefix(700).contains(verdict.rawValue.uppercased()))
    }
}
