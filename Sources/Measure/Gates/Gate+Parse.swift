extension Gate {
    /// Reads a gate such as `fanout.latency.p99 < 50ms` or `negotiation.completion >= 99.9%`.
    ///
    /// A limit without a unit is in the metric's own: milliseconds, bytes, a ratio of 0…1, or a plain number.
    ///
    /// - Parameter text: Metric path, comparison and limit; spaces between them may be left out.
    /// - Returns: The gate with its limit in the metric's unit.
    /// - Throws: ``GateError`` with the first mistake and, for a misspelt metric, what was probably meant.
    package static func parse(_ text: String) throws(GateError) -> Gate {
        let trimmed = Self.trimmed(text[...])
        let metric = trimmed.prefix { !$0.isWhitespace && !"<>=!~≤≥≠".contains($0) }
        let afterMetric = Self.trimmed(trimmed[metric.endIndex...])
        let written = afterMetric.prefix { "<>=!~≤≥≠".contains($0) }
        let limit = Self.trimmed(afterMetric[written.endIndex...])
        guard !metric.isEmpty else {
            throw GateError(.incomplete, in: text, "it must begin with a metric, as in 'deliveries.lost == 0'")
        }
        guard !written.isEmpty else {
            throw GateError(
                .incomplete, in: text, "after '\(metric)' a comparison is missing: one of \(Self.comparisons)")
        }
        guard let op = Comparison(rawValue: String(written)) else {
            throw GateError(
                .unknownComparison, in: text, "'\(written)' is no comparison; there are \(Self.comparisons)",
                suggestion: Self.meant[String(written)]?.rawValue)
        }
        guard !limit.isEmpty else {
            throw GateError(.incomplete, in: text, "after '\(op.rawValue)' a limit is missing")
        }
        guard let info = MetricCatalogue.find(String(metric)) else {
            throw GateError(
                .unknownMetric, in: text, "there is no metric '\(metric)'; 'signalbench list metrics' has all of them",
                suggestion: MetricCatalogue.suggestion(for: String(metric)))
        }
        let value = try Self.limit(String(limit), of: info, in: text)
        return Gate(metric: info.path, op: op, limit: value, text: String(trimmed))
    }

    /// Reads several gates and reports every mistake at once.
    ///
    /// - Parameter texts: The gates of a profile and its flags.
    /// - Returns: The gates that could be read, in their order, and the mistakes of the others.
    package static func parseAll(_ texts: [String]) -> (gates: [Gate], errors: [GateError]) {
        var (gates, errors) = ([Gate](), [GateError]())
        for text in texts {
            do throws(GateError) { gates.append(try Self.parse(text)) } catch { errors.append(error) }
        }
        return (gates, errors)
    }

    private static func limit(_ written: String, of info: MetricInfo, in text: String) throws(GateError) -> Double {
        let (mantissa, exponent, rest) = Self.number(written)
        guard let number = Double("\(mantissa)e\(exponent)"), number.isFinite else {
            throw GateError(.badNumber, in: text, "the limit '\(written)' does not begin with a number")
        }
        let unit = Self.trimmed(rest)
        guard !unit.isEmpty else {
            if info.unit == .ratio, number.magnitude > 1 {
                throw GateError(
                    .beyondRatio, in: text, "\(info.path) is a ratio of 0…1 and never reaches \(written)",
                    suggestion: "\(written)%")
            }
            return number
        }
        guard let known = GateUnit(String(unit)) else {
            let units = GateUnit.allCases.filter { $0.fits(info.unit) }.map(\.rawValue)
            let right =
                units.isEmpty ? "\(info.path) takes none" : "\(info.path) takes \(units.joined(separator: ", "))"
            let nearest = units.first { $0.lowercased() == unit.lowercased() }
            throw GateError(.unknownUnit, in: text, "'\(unit)' is no unit; \(right)", suggestion: nearest)
        }
        guard known.fits(info.unit) else {
            throw GateError(
                .wrongUnit, in: text, "\(info.path) is \(info.unit.words) and cannot be limited in '\(unit)'")
        }
        let scale = known.scale
        return (Double("\(mantissa)e\(exponent + scale.power)") ?? number) * scale.factor
    }

    /// Takes a number apart; an `e` belongs to it only when digits follow.
    private static func number(_ text: String) -> (mantissa: Substring, exponent: Int, rest: Substring) {
        func isPart(_ character: Character) -> Bool {
            character.isASCII && (character.isNumber || "+-.".contains(character))
        }
        let mantissa = text.prefix(while: isPart)
        let rest = text[mantissa.endIndex...]
        guard let e = rest.first, e == "e" || e == "E" else { return (mantissa, 0, rest) }
        let digits = rest.dropFirst().prefix(while: isPart)
        // A greater exponent is out of any range, and must not overflow when a unit's power is added.
        guard let exponent = Int(digits) else { return (mantissa, 0, rest) }
        return (mantissa, min(max(exponent, -9999), 9999), text[digits.endIndex...])
    }

    private static let comparisons = Comparison.allCases.map { "'\($0.rawValue)'" }.joined(separator: " ")

    /// Habits of other languages.
    private static let meant: [String: Comparison] = [
        "=": .equal, "===": .equal, "=<": .lessOrEqual, "=>": .greaterOrEqual, "<>": .notEqual, "!==": .notEqual,
        "≤": .lessOrEqual, "≥": .greaterOrEqual, "≠": .notEqual, "!": .notEqual, "~=": .notEqual,
    ]

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
