import Signaling
import Testing

@testable import Workload

/// What stands for the value of an environment variable.
struct ProfileVariablesTests {
    private static let values = ["A": "one", "EMPTY": "", "SIG_TOKEN": "s3cr3t-abc"]
    private static let place = ProfileNode.Place(file: "p.yaml", line: 3, column: 7)

    private func expand(_ text: String) -> (String, ProfileVariables) {
        var variables = ProfileVariables { Self.values[$0] }
        let node = variables.expanded(ProfileNode(content: .scalar(text), place: Self.place))
        guard case .scalar(let out) = node.content else { return ("", variables) }
        return (out, variables)
    }

    @Test(arguments: [
        ("${A}", "one"), ("x${A}y${A}", "xoneyone"), ("${B:-two}", "two"), ("${EMPTY:-two}", "two"), ("${EMPTY}", ""),
        ("${B:-}", ""), ("$${A}", "${A}"), ("$A $", "$A $"), ("${secret:A}", "one"), ("${secret:B:-x:-y}", "x:-y"),
    ])
    func `variables are replaced`(text: String, value: String) {
        let (out, variables) = self.expand(text)
        #expect(out == value)
        #expect(variables.diagnostics == [])
    }

    @Test(arguments: [
        ("${B}", "B is not set"), ("${A", "does not close"), ("${}", "no variable"), ("${a-b}", "no variable"),
    ])
    func `what cannot be replaced is a mistake with its place`(text: String, says: String) {
        let found = self.expand(text).1.diagnostics
        #expect(found.count == 1 && found[0].line == 3 && found[0].column == 7)
        #expect(found.first?.message.contains(says) == true)
    }

    @Test func `values that are marked, or whose variables are named so, are secrets`() {
        #expect(self.expand("${secret:A}").1.secrets.masked("say one") == "say ***")
        #expect(self.expand("Bearer ${SIG_TOKEN}").1.secrets.masked("got s3cr3t-abc") == "got ***")
        #expect(self.expand("${A}").1.secrets.isEmpty)
    }

    @Test func `an unset variable in a file is found by reading it`() {
        #expect(throws: ProfileError.self) {
            try ProfileReader.read(text: "name: ${SURELY_NOT_SET_ANYWHERE}", file: "p.yaml")
        }
        let profile = try? ProfileReader.read(text: "name: \"${SURELY_NOT_SET_ANYWHERE:-fine}\"", file: "p.yaml")
        #expect(profile?.name == "fine")
    }
}

/// What a backend's own key takes as JSON, written as YAML.
struct BackendOptionTests {
    @Test func `lists and sections become JSON where the key is one of the backend's`() throws {
        var checks = ProfileReader.Checks()
        checks.backendKeys = { _ in ["auth", "args.join", "events.join"] }
        let text = """
            backend:
              id: any
              auth: {token: a"b, n: 5}
              args: {join: ["{room}", {me: "{id}"}]}
              events: {join: enter}
            """
        let profile = try ProfileReader.read(text: text, file: "p.yaml", checks: checks)
        #expect(
            profile.backend.options == [
                "auth": #"{"token": "a\"b", "n": "5"}"#, "args.join": #"["{room}", {"me": "{id}"}]"#,
                "events.join": "enter",
            ])
    }
}
