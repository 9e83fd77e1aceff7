import Foundation
import NIOCore
import Testing

@testable import Backends

/// What a redirect leaves as it was.
struct RedirectTests {
    /// An authority of nobody, which is only read.
    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBbjCCARWgAwIBAgIUeuy0LkXEDXNtFS8RFjpe11yd9bcwCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBYTAgFw0yNjExMjcwNzIyMDhaGA8yMTI2MTEwMzA3MjIwOFow
        DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC4KGPl9BANK
        tjwb/bMlGOCTvplzwN9G47Dfe+Xir0md9VMuIVAuu+sb25BrdAWLjsc9xOBd7vH4
        Nk+hudWzVgSjUzBRMB0GA1UdDgQWBBQD77aMivg8Cjmijhe+jEr9x33PBjAfBgNV
        HSMEGDAWgBQD77aMivg8Cjmijhe+jEr9x33PBjAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0cAMEQCIHvmeNRIsJmDIcEW6PAfA0H76tKP/yB6c/6kHgOJ9+mB
        AiAeX9chLCcGzNcdaVrbUT8IymEoFsnRtb5as+UG6+GAnw==
        -----END CERTIFICATE-----
        """

    private static func endpoint(_ url: String, ca: String, _ options: [String: String] = [:]) throws -> Endpoint {
        try Endpoint(
            BackendSettings(
                id: "relay", url: BackendURL.parse(url),
                options: ["redirects": "follow", "tls.ca": ca].merging(options) { $1 }))
    }

    private static func redirect(to place: String) -> DialError {
        DialError(code: .http(status: 307), message: "elsewhere", redirect: place)
    }

    @Test func `files of TLS are read once, whoever is redirected and however often`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("signalbench-\(UUID().uuidString).pem")
        try Self.authority.write(to: file, atomically: true, encoding: .utf8)
        let there = Self.redirect(to: "wss://there/x")
        let secure = try Self.endpoint("wss://here/", ca: file.path)
        let plain = try Self.endpoint("ws://here/", ca: file.path)
        let first = try #require(plain.following(there)?.tls)
        try FileManager.default.removeItem(at: file)
        #expect(try #require(secure.following(there)?.tls).context === secure.tls?.context)
        #expect(try #require(plain.following(there)?.tls).context === first.context)
        #expect(plain.tls == nil)
    }

    @Test func `a redirect is followed when asked to, and nothing else is`() throws {
        let here = try Self.endpoint("ws://here/", ca: "")
        #expect(here.following(Self.redirect(to: "/x"))?.settings.url.path == "/x")
        #expect(here.following(DialError(code: .closed, message: "")) == nil)
        let refusing = try Self.endpoint("ws://here/", ca: "", ["redirects": "refuse"])
        #expect(refusing.following(Self.redirect(to: "/x")) == nil)
    }
}
