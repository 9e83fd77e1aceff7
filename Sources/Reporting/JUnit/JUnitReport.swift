package import Measure

/// A run as JUnit XML: what broke the requirement is a failure, what could not be judged an error.
///
/// Suites are the run itself, the contract, its gates, the instrument's validity and the sums of the delivery ledger; the shape is
/// that of the schema which Jenkins publishes (`testsuites`, `testsuite`, `testcase`, `failure`, `error`, `skipped`); why things
/// failed stands below the run's own suite (`system-out`).
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
            [self.run] + self.contract + [self.gates, self.validity, self.ledger], name: "signalbench",
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
        return JUnitSuite(
            name: "run", cases: [JUnitSuite.Case(name: name, problem: problem)],
            output: (result.causes ?? []).map(\.line).joined(separator: "\n"))
    }

    /// One case for each of the contract; what cannot be judged, or breaks as the profile expects, is skipped.
    ///
    /// No suite where the profile leaves the contract out.
    private var contract: [JUnitSuite] {
        let cases = (self.document.result.contract ?? []).map { one -> JUnitSuite.Case in
            let message = "\(one.case), \(one.requirement): \(one.finding)"
            let problem: JUnitSuite.Problem? =
                switch one.verdict {
                case .holds: nil
                case .broken: JUnitSuite.Problem(kind: .failure, type: "broken", message: message)
                case .brokenAsExpected:
                    JUnitSuite.Problem(kind: .skipped, type: "xfail", message: "expected: \(message)")
                case .unexpectedlyHolds:
                    JUnitSuite.Problem(
                        kind: .skipped, type: "xpass", message: "\(one.case) holds although it was expected to break")
                case .notJudged:
                    JUnitSuite.Problem(kind: .skipped, type: "absent", message: "\(one.case): nothing to judge it by")
                }
            return JUnitSuite.Case(name: "\(one.case) \(one.requirement)", problem: problem)
        }
        return cases.isEmpty ? [] : [JUnitSuite(name: "contract", cases: cases)]
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
            return JUnitSuite.Case(name: check.name, problem: check.fit == false ? problem : nil)
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

/// A named group of JUnit test cases.
struct JUnitSuite: Sendable {
    /// One test case.
    struct Case: Sendable {
        /// What is required.
        var name: String
        /// What went wrong; nil when it passed.
        var problem: Problem?
        /// How long it took, where that is known of it alone.
        var seconds = 0.0
    }

    /// Why a test case did not pass.
    struct Problem: Sendable {
        /// The element that tells it.
        enum Kind: String, Sendable {
            /// The requirement is broken.
            case failure
            /// The requirement could not be judged.
            case error
            /// The requirement does not apply.
            case skipped
        }

        var kind: Kind
        /// A word for machines.
        var type: String
        /// A sentence for people.
        var message: String
    }

    /// The last part of the suite's name.
    var name: String
    /// Its test cases.
    var cases: [Case]
    /// What else is to be said, in lines; nothing where it is empty.
    var output = ""
}

/// JUnit XML in the shape of the schema which Jenkins publishes.
enum JUnitText {
    /// Writes suites as one document.
    ///
    /// - Parameters:
    ///   - suites: the suites in their order.
    ///   - name: of the whole.
    ///   - startedAt: ISO 8601; its fraction and zone are left out.
    ///   - seconds: how long all of it took, as text; nil adds up the cases.
    /// - Returns: a whole XML document in UTF-8.
    static func render(_ suites: [JUnitSuite], name: String, startedAt: String, seconds: String? = nil) -> String {
        let cases = suites.flatMap(\.cases)
        var markup = Markup()
        markup.element(
            "testsuites",
            [
                "name": name, "tests": "\(cases.count)", "failures": "\(self.count(cases, .failure))",
                "errors": "\(self.count(cases, .error))", "time": seconds ?? self.time(cases),
            ]
        ) { root in
            for suite in suites {
                root.raw("\n  ")
                self.write(suite, to: &root, startedAt, seconds ?? self.time(suite.cases))
            }
            root.raw("\n")
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + markup.text + "\n"
    }

    private static func write(_ suite: JUnitSuite, to markup: inout Markup, _ startedAt: String, _ seconds: String) {
        markup.element(
            "testsuite",
            [
                "name": "signalbench.\(suite.name)", "tests": "\(suite.cases.count)",
                "failures": "\(self.count(suite.cases, .failure))", "errors": "\(self.count(suite.cases, .error))",
                "skipped": "\(self.count(suite.cases, .skipped))", "time": seconds,
                "timestamp": String(startedAt.prefix(19)),
            ]
        ) { body in
            for test in suite.cases {
                body.raw("\n    ")
                let head: KeyValuePairs = [
                    "classname": "signalbench.\(suite.name)", "name": test.name,
                    "time": test.seconds == 0 ? "0" : self.fixed(test.seconds),
                ]
                guard let problem = test.problem else {
                    body.empty("testcase", head)
                    continue
                }
                body.element("testcase", head) { content in
                    content.raw("\n      ")
                    switch problem.kind {
                    case .skipped: content.empty("skipped", ["message": problem.message])
                    case .failure, .error:
                        content.leaf(
                            problem.kind.rawValue, ["message": problem.message, "type": problem.type], problem.message)
                    }
                    content.raw("\n    ")
                }
            }
            if !suite.output.isEmpty {
                body.raw("\n    ")
                body.leaf("system-out", suite.output)
            }
            body.raw(suite.cases.isEmpty ? "" : "\n  ")
        }
    }

    private static func count(_ cases: [JUnitSuite.Case], _ kind: JUnitSuite.Problem.Kind) -> Int {
        cases.count { $0.problem?.kind == kind }
    }

    private static func time(_ cases: [JUnitSuite.Case]) -> String { self.fixed(cases.reduce(0) { $0 + $1.seconds }) }

    private static func fixed(_ seconds: Double) -> String {
        NumberText.fixed(seconds, decimals: 3).filter { $0 != "," }
    }
}

/// A conformance run as JUnit XML: a suite for each backend, a test case for each case of the catalogue.
package enum ConformanceJUnit {
    /// Writes the XML.
    ///
    /// What the baseline lists is skipped; a listed case that passes is a failure.
    ///
    /// - Parameter result: the run.
    /// - Returns: a whole XML document in UTF-8.
    package static func render(_ result: ConformanceResult) -> String {
        let suites = result.backends.map { backend in
            JUnitSuite(name: "conformance.\(backend.backend)", cases: self.cases(backend, result.titles))
        }
        return JUnitText.render(suites, name: "signalbench conform", startedAt: result.startedAt)
    }

    private static func cases(_ backend: BackendConformance, _ titles: [CaseTitle]) -> [JUnitSuite.Case] {
        if !backend.setupFailure.isEmpty {
            return [
                JUnitSuite.Case(
                    name: "smoke",
                    problem: JUnitSuite.Problem(kind: .error, type: "setupFail", message: backend.setupFailure))
            ]
        }
        return backend.cases.map { one in
            let slug = titles.first { $0.id == one.id }?.slug ?? ""
            return JUnitSuite.Case(
                name: "\(one.id) \(slug)", problem: self.problem(one, backend), seconds: Double(one.ms) / 1_000)
        }
    }

    private static func problem(_ one: CaseResult, _ backend: BackendConformance) -> JUnitSuite.Problem? {
        let type = one.verdict.rawValue
        let message = one.expected.isEmpty ? one.actual : "expected: \(one.expected); found: \(one.actual)"
        if backend.unexpectedPasses.contains(one.id) {
            return JUnitSuite.Problem(
                kind: .failure, type: "xpass", message: "the baseline lists it as failing, and it passed: take it off")
        }
        if one.isExcused { return JUnitSuite.Problem(kind: .skipped, type: "xfail", message: "expected: \(message)") }
        switch one.verdict {
        case .pass, .nonStrict, .info: return nil
        case .fail: return JUnitSuite.Problem(kind: .failure, type: type, message: message)
        case .notApplicable, .notRun: return JUnitSuite.Problem(kind: .skipped, type: type, message: message)
        case .blocked, .inconclusive, .setupFail, .harnessError:
            return JUnitSuite.Problem(kind: .error, type: type, message: message)
        }
    }
}
