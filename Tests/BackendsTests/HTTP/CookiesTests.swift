import Testing

@testable import Backends

/// Cookies of a session.
struct CookiesTests {
    private func cookies(_ fields: String..., field: String? = nil) -> String? {
        var cookies = Cookies(field: field)
        cookies.take(fields)
        return cookies.field
    }

    @Test func `pairs are kept in order, without their attributes`() {
        #expect(self.cookies("a=1; Path=/; Secure", "b=x=y", "c=") == "a=1; b=x=y; c=")
        #expect(self.cookies() == nil)
    }

    @Test func `the last word of a name holds, and a deleted one is gone`() {
        #expect(self.cookies("a=3", "b=; Max-Age=0", "c=4;max-age=60", field: "a=1; b=2") == "a=3; c=4")
    }

    @Test(arguments: ["", ";", "=1", "novalue", " ; Path=/"])
    func `what is no pair is none`(field: String) { #expect(self.cookies(field) == nil) }
}
