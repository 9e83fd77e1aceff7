import Backends
import Testing

@testable import Conformance

struct DeclarationTests {
    @Test func `a declaration is read`() throws {
        let text = """
            {"backend": "tiny", "version": "1", "adapter": "relay", "capabilities": {
              "selfEcho": false, "order": "total", "presence": {"leave": "none", "detectMs": null},
              "transports": ["ws"], "maxMessageBytes": 1048576, "room": {"illegal": ["\\u0000"]}}}
            """
        let declaration = try DeclarationReader.read(text, file: "tiny.json")
        #expect(declaration.backend == "tiny")
        #expect(declaration.adapter == "relay")
        #expect(declaration.flag("selfEcho") == false)
        #expect(declaration.text("presence.leave") == "none")
        #expect(declaration["presence.detectMs"] == nil)
        #expect(declaration.number("maxMessageBytes") == 1_048_576)
        #expect(declaration.list("room.illegal") == ["\0"])
    }

    @Test(
        arguments: [
            (
                #"{"backend":"x","capabilites":{}}"#,
                "d.json:1:16: error: there is no key 'capabilites' in a declaration (did you mean capabilities?)"
            ),
            (
                #"{"backend":"x","capabilities":{"selfecho":true}}"#,
                "d.json:1:32: error: there is no key 'selfecho' in capabilities (did you mean selfEcho?)"
            ),
            (
                #"{"backend":"x","capabilities":{"order":"fifi"}}"#,
                "d.json:1:40: error: order must be none or fifo or causal or total"
            ),
            (#"{"backend":"x","capabilities":{"presence":true}}"#, "d.json:1:43: error: presence must be an object"),
            (
                #"{"backend":"x","capabilities":{"maxMessageBytes":-1}}"#,
                "d.json:1:50: error: maxMessageBytes must be a whole number, not negative"
            ),
            ("[]", #"d.json:1:1: error: a declaration is an object {"backend": …, "capabilities": {…}}"#),
            (#"{"capabilities":{}}"#, "d.json:1:1: error: backend is missing: give the backend a name"),
        ])
    func `a mistake is named with its place`(text: String, expected: String) {
        let failure = #expect(throws: DeclarationReader.Failure.self) {
            try DeclarationReader.read(text, file: "d.json")
        }
        #expect(failure?.lines == [expected])
    }

    @Test func `every mistake is told at once`() {
        let text = #"{"backend":"x","capabilities":{"order":1,"selfEcho":"yes","what":2}}"#
        let failure = #expect(throws: DeclarationReader.Failure.self) {
            try DeclarationReader.read(text, file: "d.json")
        }
        #expect(failure?.lines.count == 3)
    }

    @Test func `every backend has a built-in declaration in the vocabulary`() throws {
        for descriptor in BackendCatalogue.all {
            let settings = BackendSettings(
                id: descriptor.id, url: BackendURL(scheme: descriptor.schemes[0], host: "127.0.0.1", port: 1))
            let declaration = try Declaration.builtin(settings, isOurs: descriptor.embedded)
            for (key, value) in declaration.declared {
                let entry = try #require(DeclarationSchema.entry(key), "\(descriptor.id): \(key)")
                if case .oneOf(let values) = entry.kind {
                    #expect(values.contains(value), "\(descriptor.id): \(key)=\(value)")
                }
            }
        }
    }

    @Test func `a file's word goes before the built-in one`() {
        var one = Declaration(backend: "a", values: ["order": .text("fifo"), "leave": .flag(true)])
        one = one.overridden(by: Declaration(backend: "b", values: ["order": .text("total")]))
        #expect(one.backend == "b")
        #expect(one.text("order") == "total")
        #expect(one.flag("leave") == true)
    }
}
