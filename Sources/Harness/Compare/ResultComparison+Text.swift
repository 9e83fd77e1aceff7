import Reporting

extension ResultComparison {
    /// The table for people: what is judged, and of the other metrics those that moved.
    ///
    /// - Parameter isFull: whether all other metrics are listed, too.
    /// - Returns: lines without a final line break.
    package func text(isFull: Bool) -> String {
        var lines = ["base: \(self.base) (n=\(self.baseTrials))"]
        for candidate in self.candidates {
            lines += ["", "\(candidate.name) (n=\(candidate.trials)): \(self.sentence(candidate))"]
            lines += self.shown(candidate).map { "  " + self.line($0, trials: candidate.trials) }
            let further = self.further(candidate)
            let told = isFull ? further : further.filter { $0.finding == .regressed || $0.finding == .improved }
            if !told.isEmpty {
                lines +=
                    ["  not judged, each for itself:"] + told.map { "    " + self.line($0, trials: candidate.trials) }
            }
            if told.count < further.count {
                lines.append("  --full lists \(further.count - told.count) more, of which nothing is found")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The comparison for a pull request or a step summary: the judged metrics, and folded what else moved.
    package var markdown: String {
        var lines: [String] = []
        for candidate in self.candidates {
            lines += [
                "### \(MarkdownText.escape(candidate.name)) against \(MarkdownText.escape(self.base))", "",
                MarkdownText.escape(self.sentence(candidate)), "",
            ]
            lines += Self.table(self.shown(candidate))
            let moved = self.further(candidate).filter { $0.finding == .regressed || $0.finding == .improved }
            guard !moved.isEmpty else { continue }
            lines += ["<details><summary>Not judged, each for itself: \(moved.count) moved</summary>", ""]
            lines += Self.table(moved) + ["</details>", ""]
        }
        return lines.joined(separator: "\n")
    }

    private static func table(_ rows: [Row]) -> [String] {
        [
            "| Metric | Base | Candidate | Change | 95 % | p (Holm) | Detectable | Verdict |",
            "|---|---:|---:|---:|---:|---:|---:|---|",
        ]
            + rows.map { row in
                let cells = ComparedCells(row)
                return "| "
                    + ([MarkdownText.code(row.metric)] + cells.figures
                    + [row.isJudged ? "**\(cells.verdict)**" : cells.verdict]).joined(separator: " | ") + " |"
            } + [""]
    }

    /// What the page shows.
    package var page: String {
        get throws {
            func rows(_ rows: [Row]) -> [TrialsPage.Row] {
                rows.map { row in
                    let cells = ComparedCells(row)
                    return TrialsPage.Row(
                        metric: row.metric, cells: cells.figures, verdict: cells.verdict,
                        style: row.isJudged ? Self.style(row.finding) : "")
                }
            }
            return try TrialsPage.render(
                title: "Comparison",
                subtitle: "base \(self.base), \(self.baseTrials) trials · tolerance \(self.percent)",
                groups: self.candidates.map { candidate in
                    let shown = self.shown(candidate)
                    return TrialsPage.Group(
                        title: "\(candidate.name), \(candidate.trials) trials", sentence: self.sentence(candidate),
                        style: shown.first { $0.finding == .regressed || $0.finding == .inconclusive }
                            .map { Self.style($0.finding) } ?? "pass",
                        rows: rows(shown), folded: rows(self.further(candidate)))
                })
        }
    }

    private static func style(_ finding: Finding) -> String {
        switch finding {
        case .regressed: "fail"
        case .improved, .equivalent: "pass"
        case .inconclusive: "invalid"
        case .described: ""
        }
    }

    private var percent: String { "±\(NumberText.significant(100 * self.tolerance)) %" }

    /// The verdict of a candidate in words.
    private func sentence(_ candidate: Candidate) -> String {
        let judged = candidate.rows.filter(\.isJudged)
        func names(_ finding: Finding) -> String {
            judged.filter { $0.finding == finding }.map(\.metric).joined(separator: ", ")
        }
        var parts: [String] = []
        for (finding, words) in [
            (Finding.regressed, "regressed"), (.improved, "improved"),
            (.equivalent, "equivalent within \(self.percent)"),
            (.inconclusive, "inconclusive"),
        ] where !names(finding).isEmpty {
            parts.append("\(words): \(names(finding))")
        }
        return parts.isEmpty ? "nothing was judged" : parts.joined(separator: "; ")
    }

    /// The judged metrics, what regressed first.
    private func shown(_ candidate: Candidate) -> [Row] { Self.ordered(candidate.rows.filter(\.isJudged)) }

    /// The others, in the same order.
    private func further(_ candidate: Candidate) -> [Row] { Self.ordered(candidate.rows.filter { !$0.isJudged }) }

    private static func ordered(_ rows: [Row]) -> [Row] {
        let order: [Finding] = [.regressed, .inconclusive, .improved, .equivalent, .described]
        return order.flatMap { finding in rows.filter { $0.finding == finding } }
    }

    private func line(_ row: Row, trials: Int) -> String {
        let cells = ComparedCells(row)
        var parts = ["\(row.metric):", cells.base, "→", cells.candidate]
        if row.change != nil { parts.append("(\(cells.change))") }
        if row.changeLower != nil || row.lower != nil { parts.append("95 % [\(cells.interval)]") }
        if let p = row.pAdjusted { parts.append("p \(NumberText.probability(p))") }
        switch row.finding {
        case .regressed: parts.append("REGRESSED")
        case .improved: parts.append("improved")
        case .equivalent: parts.append("equivalent within \(self.percent)")
        case .inconclusive: parts.append("inconclusive, n=\(min(self.baseTrials, trials))")
        case .described: break
        }
        if row.finding == .inconclusive, let detectable = row.detectable {
            parts.append("(a change of \(NumberText.significant(100 * detectable)) % could be seen)")
        }
        return parts.joined(separator: " ")
    }
}

/// The figures of a compared metric as texts.
private struct ComparedCells {
    let base: String
    let candidate: String
    let change: String
    let interval: String
    let p: String
    let detectable: String
    let verdict: String

    init(_ row: ResultComparison.Row) {
        let unit = MetricUnit.of(row.metric)
        self.base = Quantity(row.base, unit).text
        self.candidate = Quantity(row.candidate, unit).text
        func percent(_ share: Double) -> String { Self.signed(100 * share) + " %" }
        self.change = row.change.map(percent) ?? Self.signed(row.difference)
        if let lower = row.changeLower, let upper = row.changeUpper {
            self.interval = "\(percent(lower)), \(percent(upper))"
        } else if let lower = row.lower, let upper = row.upper {
            self.interval = "\(Self.signed(lower)), \(Self.signed(upper))"
        } else {
            self.interval = "–"
        }
        self.p = (row.pAdjusted ?? (row.isJudged ? nil : row.p)).map { NumberText.probability($0) } ?? "–"
        self.detectable = row.detectable.map { "\(NumberText.significant(100 * $0)) %" } ?? "–"
        self.verdict = row.finding.rawValue
    }

    /// All but the verdict, in the order of the tables.
    var figures: [String] {
        [self.base, self.candidate, self.change, self.interval, self.p, self.detectable]
    }

    private static func signed(_ value: Double) -> String {
        (value > 0 ? "+" : "") + NumberText.significant(value)
    }
}
