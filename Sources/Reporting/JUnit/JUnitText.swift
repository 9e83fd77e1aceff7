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
