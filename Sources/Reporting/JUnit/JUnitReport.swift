internal import Measure

/// A run as JUnit XML: what broke the requirement is a failure, what could not be judged an error.
///
/// Suites are the run itself, its gates, the instrument's validity and the sums of the delivery ledger; the shape is
/// that of the schema which Jenkins publishes (`testsuites`, `testsuite`, `testcase`, `failure`, `error`, `skipped`).
package struct JUnitReport: Sendable {
    private let document: ReportDocument

    /// The report of a run.
    ///
    /// - Parameter document: The run.
    package init(_ document: ReportDocument) {
        self.document = document
    }

    /// Writes the XML.
    ///
    /// - Returns: A whole XML document in UTF-8.
    package func render() -> String {
        JUnitText.render(
            [self.run, self.gates, self.validity, self.ledger], name: "signalbench",
            startedAt: self.document.result.startedAt, seconds: self.seconds)
    }

    /// The length of the run in seconds, as far as its series reaches.
    private var seconds: String {
        let series = self.document.result.series
        let end = max(series.t.last ?? 0, series.phases.map(\.end).max() ?? 0)
        return NumberText.fixed(end, decimals: 3).filter { $0 != "," }
    }
}

extension JUnitReport {
    private var run: JUnitSuite {
        let result = self.document.result
        let sentence = VerdictView.sentence(self.document)
        let problem: JUnitSuite.Problem? =
            switch result.verdict {
            case .pass: nil
            case .fail: JUnitSuite.Problem(kind: .failure, type: "fail", message: sentence)
            case .invalid: JUnitSuite.Problem(kind: .error, type: "invalid", message: sentence)
            case .interrupted: JUnitSuite.Problem(kind: .error, type: "interrupted", message: sentence)
            }
        let name = "\(self.document.profile["name"]?.string ?? "run") on \(result.backend.id)"
        return JUnitSuite(name: "run", cases: [JUnitSuite.Case(name: name, problem: problem)])
    }

    private var gates: JUnitSuite {
        let cases = self.document.result.gates.map { result -> JUnitSuite.Case in
            let measured =
                result.value.map { "measured \(Quantity($0, MetricUnit.of(result.gate.metric)).text)" }
                ?? "not measured"
            let message = "\(result.gate.text): \(measured)" + (result.reason.map { " (\($0))" } ?? "")
            let problem: JUnitSuite.Problem? =
                switch result.verdict {
                case .pass: nil
                case .fail: JUnitSuite.Problem(kind: .failure, type: "fail", message: message)
                case .invalid, .interrupted:
                    JUnitSuite.Problem(kind: .error, type: result.verdict.rawValue, message: message)
                }
            return JUnitSuite.Case(name: result.gate.text, problem: problem)
        }
        return JUnitSuite(name: "gates", cases: cases)
    }

    /// One case for each check of the instrument, and one for each reason that no check accounts for.
    private var validity: JUnitSuite {
        let validity = self.document.result.validity
        let view = ValidityView(validity)
        var cases = zip(validity.checks, view.checks).map { check, texts in
            let message = "\(texts.name): \(texts.value), limit \(texts.limit): \(texts.explanation)"
            let problem = JUnitSuite.Problem(kind: .error, type: "invalid", message: message)
            return JUnitSuite.Case(name: check.name, problem: check.fit ? nil : problem)
        }
        if !validity.fit {
            let known = validity.checks.map(\.explanation)
            cases += validity.reasons.filter { !known.contains($0) }.map { reason in
                JUnitSuite.Case(
                    name: reason,
                    problem: JUnitSuite.Problem(kind: .error, type: "invalid", message: reason)
                )
            }
        }
        return JUnitSuite(name: "validity", cases: cases)
    }

    private var ledger: JUnitSuite {
        let cases = LedgerIdentity.all(of: self.document).map { identity -> JUnitSuite.Case in
            let problem: JUnitSuite.Problem? =
                switch identity.holds {
                case true?: nil
                case false?: JUnitSuite.Problem(kind: .failure, type: "broken", message: identity.text)
                case nil: JUnitSuite.Problem(kind: .skipped, type: "absent", message: identity.text)
                }
            return JUnitSuite.Case(name: identity.name, problem: problem)
        }
        return JUnitSuite(name: "ledger", cases: cases)
    }
}
