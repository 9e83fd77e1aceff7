internal import Measure

/// A run as one picture, for a front page or a slide: the verdict, the headline numbers and the latencies by percentile.
///
/// An SVG 1.1 document without a script, a font or anything from elsewhere, light or dark as its reader is.
package enum RunPicture {
    private static let width = 860
    private static let left = 62

    /// Draws a run.
    ///
    /// - Parameter document: The run.
    /// - Returns: The document; without curves when the run has no latencies.
    package static func svg(_ document: ReportDocument) -> String {
        let chart = HistogramView.curve(document, limit: 200)
        let lines = chart?.series ?? []
        let height = lines.isEmpty ? 116 : 384 + 20 * ((lines.count + 1) / 2)
        let verdict = VerdictView(document)
        let title =
            "\(verdict.word)  \(document.profile["name"]?.string ?? "run") against \(document.result.backend.id)"
        var markup = Markup()
        markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": "\(Self.width)", "height": "\(height)",
                "viewBox": "0 0 \(Self.width) \(height)", "role": "img", "aria-label": title,
            ]
        ) { svg in
            svg.element("style") { $0.raw(Self.style) }
            svg.empty("rect", ["class": "card", "width": "\(Self.width)", "height": "\(height)", "rx": "10"])
            svg.leaf("text", ["class": "word \(verdict.style)", "x": "20", "y": "32"], title)
            for (index, card) in CardView.headline(document).enumerated() {
                let x = "\(20 + index * 210)"
                svg.leaf("text", ["class": "soft", "x": x, "y": "64"], card.title)
                svg.leaf("text", ["class": "big", "x": x, "y": "92"], card.big)
            }
            guard let chart else { return }
            svg.leaf("text", ["class": "soft", "x": "20", "y": "132"], "Latencies in \(chart.frame.unit)")
            svg.element("g", ["transform": "translate(\(Self.left) 152)"]) { group in
                let size = "\(Self.width - Self.left - 24)"
                group.append(
                    chart.frame.plot(
                        ["class": "plot", "width": size, "height": "\(Int(ChartFrame.height))"], drawing: chart.draw))
            }
            for (index, line) in lines.enumerated() {
                let (x, y) = (Self.left + index % 2 * 390, 386 + index / 2 * 20)
                svg.empty(
                    "path", ["class": "line \(line.style.rawValue)", "d": "M\(x) \(y - 4)h18"])
                svg.leaf("text", ["x": "\(x + 26)", "y": "\(y)"], line.name)
            }
        }
        return markup.text + "\n"
    }

    private static let style = """
        svg{--card:#fff;--text:#1a1f26;--soft:#545d68;--line:#d5dae0;--grid:#e6e9ed;--good:#12703d;--bad:#b3141d;\
        --s1:#0b62b8;--s2:#b4500b;--s3:#0d7a5f;--s4:#8a2be2;\
        font-family:system-ui,"Segoe UI","DejaVu Sans",sans-serif;font-size:13px;fill:var(--text)}\
        @media(prefers-color-scheme:dark){svg{--card:#181c22;--text:#e8ebef;--soft:#a3adb8;--line:#333b45;--grid:#262d35;\
        --good:#5fd394;--bad:#ff8b8b;--s1:#62aef7;--s2:#f09a55;--s3:#45cba5;--s4:#c59bff}}\
        .card{fill:var(--card);stroke:var(--line)}.soft,.plot text{fill:var(--soft)}.plot{overflow:visible}\
        .plot text{font-size:11.5px}.word{font-size:17px;font-weight:700}.big{font-size:22px;font-weight:700}\
        .word.pass{fill:var(--good)}.word.fail{fill:var(--bad)}.ya line{stroke:var(--grid)}\
        .line{fill:none;stroke-width:1.75;vector-effect:non-scaling-stroke}\
        .s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}.s4{stroke:var(--s4)}
        """
}
