import Signaling
import Testing

@testable import Backends

/// A CSV file of accounts, and where its columns go.
struct AccountsTests {
    private func settings(
        _ csv: String, url: String = "wss://h/", options: [String: String] = [:], headers: [(String, String)] = []
    ) throws -> BackendSettings {
        var settings = BackendSettings(
            id: "socketio", url: try BackendURL.parse(url), options: options, headers: headers)
        settings.accounts = try Accounts(csv, file: "a.csv")
        return settings
    }

    @Test func `fields are read as RFC 4180 has them`() throws {
        let text = "\u{FEFF}a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n\n,\"\"\r\n2,é"
        #expect(
            try CSV.records(text) == [
                .init(line: 1, fields: ["a", "b"]), .init(line: 2, fields: ["1", "x, \"y\"\r\nz"]),
                .init(line: 5, fields: ["", ""]), .init(line: 6, fields: ["2", "é"]),
            ])
    }

    @Test(arguments: [
        ("a,b\n1\n", "a.csv:2: error: 1 fields for 2 columns"), ("a\n", "a.csv:1: error: no account"),
        ("a,a\n1,2", "a.csv:1: error: two columns are called 'a'"),
        ("a b\n1", "a.csv:1: error: column 1 is called 'a b'"),
        ("a\n\"1\n2", "a.csv:2: error: a quote that nothing closes"), ("", "a.csv:1: error: there is no line"),
        ("a\n1\"2\n", "a.csv:2: error: a quote in the middle"), ("a\n\"1\"2\n", "a.csv:2: error: text behind"),
    ])
    func `a mistake in the file is named with its line`(text: String, message: String) {
        do {
            _ = try Accounts(text, file: "a.csv")
            Issue.record("it was taken")
        } catch {
            #expect(error.message.hasPrefix(message), "\(error.message)")
            #expect(error.code == .badFile)
        }
    }

    @Test func `columns go into headers, URL and options as each wants them written`() throws {
        let settings = try self.settings(
            "user,word\nann,\"p&w \"\"1\"\"\"\nbob,x\n", url: "wss://{user}:{word}@h/rooms?token={word}&v=1",
            options: [
                "auth": #"{"jwt": "{word}", "n": {}, "who": "{user}"}"#, "query": "u={user}&w={word}",
                "args.join": #"["{room}", "{user}"]"#, "proxy": "http://{user}",
                "password": "{word}",
            ],
            headers: [("Authorization", "Bearer {word}"), ("X-Who", "{user}{no column}")])
        try #require(settings.accounts).check(settings)
        let first = settings.account(0)
        #expect(first.url.user == BackendURL.UserInfo(name: "ann", password: #"p&w "1""#))
        #expect(first.url.path == "/rooms?token=p%26w%20%221%22&v=1")
        #expect(first.options["auth"] == #"{"jwt": "p&w \"1\"", "n": {}, "who": "ann"}"#)
        #expect(first.options["query"] == "u=ann&w=p%26w%20%221%22")
        #expect(first.options["args.join"] == #"["{room}", "ann"]"#)
        #expect(first.options["password"] == #"p&w "1""#)
        #expect(first.options["proxy"] == "http://{user}")
        #expect(first.headers.map(\.1) == [#"Bearer p&w "1""#, "ann{no column}"])
        #expect(first.accounts == nil && settings.account(1).url.user?.name == "bob")
    }

    @Test func `a column that is not there is named with its place`() throws {
        let settings = try self.settings("user,token\na,b", options: ["auth": #"{"jwt": "{tokn}"}"#])
        do {
            try #require(settings.accounts).check(settings)
            Issue.record("it was taken")
        } catch let error as BackendError {
            #expect(error.description.contains("backend.auth: a.csv has no column 'tokn', but user, token"))
            #expect(error.suggestion == "{token}")
        }
        let header = try self.settings("h\n\"a\nb\"", headers: [("X-A", "{h}")])
        #expect(throws: BackendError.self) { try header.accounts?.check(header) }
    }

    @Test func `values that are secret by their column or by their place are kept out of every text`() throws {
        let settings = try self.settings(
            "user,password,ticket,note\nann,hunter22,t-1,plain\nbob,hunter33,\"t\"\"2\",plain2",
            options: ["auth": #"{"token": "x{ticket}"}"#])
        let secrets = settings.secrets
        #expect(
            secrets.masked("ann hunter22 hunter33 xt-1 t\"2 t\\\"2 t%222 plain2")
                == "ann *** *** x*** *** *** *** plain2")
    }

    @Test func `thousands of secrets are masked in one pass`() throws {
        var secrets = Secrets()
        for number in 0..<20_000 { secrets.insert("eyJhbGciOiJIUzI1NiJ9.\(number)x") }
        secrets.insert("abc")
        secrets.insert("bcdef")
        #expect(
            secrets.masked("1abcdefg eyJhbGciOiJIUzI1NiJ9.19999x eyJhbGciOiJIUzI1NiJ9.2000")
                == "1***g *** eyJhbGciOiJIUzI1NiJ9.2000")
        let text = String(repeating: "nothing to see here, ", count: 20_000)
        #expect(secrets.masked(text) == text)
    }
}
