import NIOCore
import NIOHTTP1

// Accounts over HTTP, as W1 had them: a form is posted, and a cookie tells the next socket who came.
extension BaasEmulator {
    /// The app that a request's host names: `abc` for `io-abc.localhost`, as the hosts of the service were.
    static func app(of request: HTTPRequest) -> [UInt8] {
        let host = request.head.headers.first(name: "Host") ?? ""
        guard host.lowercased().hasPrefix("io-") else { return [] }
        return Array(host.dropFirst(3).lowercased().utf8.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ":") })
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse? {
        let path = request.path
        guard path.hasPrefix("/account-api/") else {
            return ConferencePage.answer(request, backend: BaasDialect.descriptors[0].id)
        }
        guard request.head.method == .POST else { return .text("POST only\n", status: .methodNotAllowed) }
        let app = Self.app(of: request)
        switch path.dropFirst("/account-api/".count) {
        case "anonymous":
            return self.begin(BaasUser(id: self.ids.next(milliseconds: self.milliseconds)), in: app)
        case "login":
            let form = request.form
            let accounts = self.accounts[app] ?? BaasAccounts()
            switch accounts.logIn(Array((form["email"] ?? "").utf8), Array((form["secret"] ?? "").utf8)) {
            case .success(let user): return self.begin(user, in: app)
            case .failure(let failure): return .json(#"{"err":\#(failure.rawValue),"user":null}"#)
            }
        case "logout":
            self.accounts[app]?.end(request.cookie(BaasAccounts.cookie))
            var response = HTTPResponse.json(#"{"err":null}"#)
            response.headers = [("Set-Cookie", "\(BaasAccounts.cookie)=; Path=/; Max-Age=0")]
            return response
        case "auth":
            // The tokens of the era came from a service that is gone.
            return .json(#"{"err":2,"user":null}"#)
        default: return nil
        }
    }

    private func begin(_ user: BaasUser, in app: [UInt8]) -> HTTPResponse {
        guard let session = self.accounts[app, default: BaasAccounts()].begin(user, using: &self.hub.random) else {
            return .json(#"{"err":"too many sessions","user":null}"#, status: .serviceUnavailable)
        }
        var response = HTTPResponse.json(#"{"err":null,"user":\#(String(decoding: user.json, as: UTF8.self))}"#)
        response.headers = [("Set-Cookie", "\(BaasAccounts.cookie)=\(session); Path=/; HttpOnly")]
        return response
    }
}
