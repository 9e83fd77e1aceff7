package import Measure

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
