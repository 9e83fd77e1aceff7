import NIOHTTP1
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

    @Test func `the user's cookies stand beside those of the server, and other fields in the place of what was there`()
    {
        var headers: HTTPHeaders = ["Cookie": "door=7", "Origin": "http://a"]
        headers.take(users: [("cookie", "mine=1; door=2"), ("Origin", "http://b"), ("X-A", "1")])
        #expect(headers["Cookie"] == ["mine=1; door=7"])
        #expect(headers["Origin"] == ["http://b"] && headers["X-A"] == ["1"])
        var bare = HTTPHeaders()
        bare.take(users: [("Cookie", "as it is")])
        #expect(bare["Cookie"] == ["as it is"])
    }

    @Test(arguments: ["", ";", "=1", "novalue", " ; Path=/"])
    func `what is no pair is none`(field: String) { #expect(self.cookies(field) == nil) }
}
