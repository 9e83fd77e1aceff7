import NIOHTTP1
import Testing

@testable import Backends

/// Cookies of a session.
struct CookiesTests {
    private func headers(_ fields: String...) -> HTTPHeaders { HTTPHeaders(fields.map { ("Set-Cookie", $0) }) }

    @Test func `pairs are kept in order, without their attributes`() {
        let cookies = Cookies(self.headers("a=1; Path=/; Secure", "b=x=y", "c="))
        #expect(cookies.field == "a=1; b=x=y; c=")
        #expect(Cookies(HTTPHeaders()).field == nil)
    }

    @Test func `the last word of a name holds, and a deleted one is gone`() {
        var cookies = Cookies(field: "a=1; b=2")
        cookies.take(self.headers("a=3", "b=; Max-Age=0", "c=4;max-age=60"))
        #expect(cookies.field == "a=3; c=4")
    }

    @Test(arguments: ["", ";", "=1", "novalue", " ; Path=/"])
    func `what is no pair is none`(field: String) { #expect(Cookies(self.headers(field)).field == nil) }
}
