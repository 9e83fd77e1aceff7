internal import Measure

/// The verdict strip: the word and the sentence that explains it.
struct VerdictView: Sendable {
    let word: String
    let style: String
    let sign: String
    let sentence: String

    init(_ document: ReportDocument) {
        let sign = Sign(document.result.verdict)
        self.word = (document.result.simulated == true ? "simulated " : "").uppercased() + sign.word.uppercased()
        self.style = sign.style
        self.sign = sign.sign
        self.sentence = Self.sentence(document)
    }

    /// Why the verdict is what it is.
    ///
    /// - Parameter document: The run.
    /// - Returns: One or two sentences.
    static func sentence(_ document: ReportDocument) -> String {
        let mark = document.result.simulated == true ? "Simulated in virtual time, not measured. " : ""
        return mark + Self.reasons(document)
    }

    private static func reasons(_ document: ReportDocument) -> String {
        let result = document.result
        let failed = result.gates.filter { $0.verdict == .fail }
        let unjudged = result.gates.filter { $0.verdict == .invalid }
        switch result.verdict {
        case .pass:
            var held = result.contract == nil ? [] : ["The contract holds"]
            if !result.gates.isEmpty {
                let gates = result.gates.count == 1 ? "the gate holds" : "all \(result.gates.count) gates hold"
                held.append(held.isEmpty ? gates.prefix(1).uppercased() + gates.dropFirst() : gates)
            }
            if held.isEmpty { held.append("Nothing was judged") }
            return held.joined(separator: ", ") + ", and the instrument was fit."
        case .fail:
            let reasons = result.validity.reasons.joined(separator: "; ")
            let broken = (result.contract ?? []).filter { $0.verdict == .broken }
                .map { "\($0.case) is broken, \($0.finding)" }
            var parts = broken.isEmpty ? [] : [broken.joined(separator: "; ")]
            if !failed.isEmpty {
                let share = "\(failed.count) of \(result.gates.count) gates " + (failed.count == 1 ? "does" : "do")
                parts.append("\(share) not hold: " + failed.map(\.gate.text).joined(separator: "; "))
            }
            guard !parts.isEmpty else { return "The run itself failed" + (reasons.isEmpty ? "." : ": \(reasons).") }
            return parts.joined(separator: ". ") + "." + (reasons.isEmpty ? "" : " \(reasons).")
        case .invalid:
            let reasons = result.validity.reasons + unjudged.map { "\($0.gate.text): \($0.reason ?? "not measured")" }
            let why = reasons.isEmpty ? "" : ": " + Self.unique(reasons).joined(separator: "; ")
            return "These numbers must not be used" + why + "."
        case .interrupted:
            return "The run was stopped before its end. What follows is what had been measured until then."
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.enumerated().filter { index, text in !texts[..<index].contains(text) }.map(\.element)
    }
}

/// One gate of the verdict strip.
struct GateView: Sendable {
    let text: String
    let word: String
    let style: String
    let sign: String
    let value: String
    let limit: String
    let margin: String
    let remark: String

    init(_ result: GateResult, of document: ReportDocument) {
        let sign = Sign(result.verdict)
        let unit = MetricUnit.of(result.gate.metric)
        self.text = result.gate.text
        self.word = sign.word
        self.style = sign.style
        self.sign = sign.sign
        self.value = result.value.map { Quantity($0, unit).text } ?? "not measured"
        self.limit = Quantity(result.gate.limit, unit).text
        self.margin = Self.margin(result, unit)
        self.remark = result.reason ?? Self.samples(result.gate.metric, document)
    }

    /// How far the measured value stays inside (+) or lies outside (−) the limit.
    private static func margin(_ result: GateResult, _ unit: Quantity.Unit) -> String {
        guard let margin = result.margin, margin.isFinite else { return "–" }
        let size = unit == .ratio ? NumberText.significant(abs(margin) * 100) + " pp" : Quantity(abs(margin), unit).text
        return margin == 0 ? "none" : (margin > 0 ? "+" : "−") + size
    }

    private static func samples(_ metric: String, _ document: ReportDocument) -> String {
        let base = metric.split(separator: ".").dropLast().joined(separator: ".")
        if let count = document.sampleCount(base) {
            return "over \(NumberText.significant(Double(count))) samples"
        }
        if metric.hasPrefix("negotiation."), let pairs = document.result.metrics["negotiation.expected"] {
            return "over \(NumberText.significant(pairs)) expected pairs"
        }
        if metric.hasPrefix("amplification."), let count = document.result.metrics["signaling.deliveries"] {
            return "over \(NumberText.significant(count)) deliveries"
        }
        if metric.hasPrefix("deliveries."), let count = document.result.metrics["deliveries.expected"] {
            return "of \(NumberText.significant(count)) expected deliveries"
        }
        return ""
    }
}

/// The validity strip: was the instrument fit, and why not.
struct ValidityView: Sendable {
    /// One check of the instrument.
    struct Check: Sendable {
        let name: String
        let word: String
        let style: String
        let sign: String
        let value: String
        let limit: String
        let explanation: String
    }

    let word: String
    let style: String
    let reasons: [String]
    let hasReasons: Bool
    let checks: [Check]
    let hasChecks: Bool

    init(_ validity: Validity) {
        self.word =
            validity.fit
            ? "Fit: the generator did not limit what was measured." : "Not fit: the numbers below must not be used."
        self.style = validity.fit ? "pass" : "invalid"
        self.reasons = validity.reasons
        self.hasReasons = !validity.reasons.isEmpty
        self.checks =
            validity.checks.map { check in
                let (word, style, sign) = Self.words(check)
                return Check(
                    name: check.name, word: word, style: style, sign: sign, value: Self.text(check.value, check.unit),
                    limit: check.limit.map { Self.text($0, check.unit) } ?? "", explanation: check.explanation)
            }
            + [validity.steadyState].compactMap(\.self).map { state in
                Check(
                    name: "steady state", word: state.isSteady ? "steady" : "not steady",
                    style: state.isSteady ? "pass" : "soft", sign: state.isSteady ? "✓" : "⚠", value: state.name,
                    limit: "", explanation: state.sentence)
            }
            + (validity.facts ?? []).map { fact in
                Check(
                    name: fact.name, word: "", style: "soft", sign: "", value: Self.text(fact.value, fact.unit),
                    limit: "", explanation: fact.explanation)
            }
        self.hasChecks = !self.checks.isEmpty
    }

    private static func words(_ check: Validity.Check) -> (word: String, style: String, sign: String) {
        // In results of earlier versions a check without a value was called fit.
        switch check.value == nil && check.fit == true ? nil : check.fit {
        case true?: ("fit", "pass", "✓")
        case false?: ("not fit", "invalid", "⚠")
        case nil: ("not checked", "soft", "–")
        }
    }

    /// A check's number in the unit that it names itself.
    static func text(_ value: Double?, _ unit: String) -> String {
        guard let value else { return "not measured" }
        switch unit {
        case "ms", "milliseconds": return Quantity(value, .milliseconds).text
        case "ratio", "share": return Quantity(value, .ratio).text
        case "bytes", "B": return Quantity(value, .bytes).text
        case "cores": return Quantity(value, .cores).text
        case "", "count": return Quantity(value, .count).text
        default: return NumberText.significant(value) + " " + unit
        }
    }
}
