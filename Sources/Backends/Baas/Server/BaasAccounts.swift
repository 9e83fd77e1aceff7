/// Accounts, and who is behind which cookie.
///
/// This is an emulator for tests: secrets are kept in memory as they are, and forgotten with the process.
struct BaasAccounts {
    /// What the SDK calls the errors of ``signUp(_:_:option:id:)`` and ``logIn(_:_:)``.
    enum Failure: Int, Error {
        case format = 1
        /// The account exists already, or email and secret do not fit.
        case refused = 2
    }

    private struct Account {
        var secret: [UInt8]
        var user: BaasUser
    }

    private var accounts: [[UInt8]: Account] = [:]
    private var sessions: [String: BaasUser] = [:]

    /// The name of the cookie.
    static let cookie = "mlkccasid"
    /// Sessions and accounts kept at most.
    private static let limit = 1_000_000

    /// The user behind a cookie.
    func user(_ session: String?) -> BaasUser? { session.flatMap { self.sessions[$0] } }

    /// Makes an account.
    mutating func signUp(
        _ email: [UInt8], _ secret: [UInt8], option: [UInt8], id: [UInt8]
    ) -> Result<BaasUser, Failure> {
        guard Self.isEmail(email), !secret.isEmpty, self.accounts.count < Self.limit else { return .failure(.format) }
        guard self.accounts[email] == nil else { return .failure(.refused) }
        let user = BaasUser(id: id, email: email, option: option)
        self.accounts[email] = Account(secret: secret, user: user)
        return .success(user)
    }

    /// Holds email and secret to an account.
    func logIn(_ email: [UInt8], _ secret: [UInt8]) -> Result<BaasUser, Failure> {
        guard Self.isEmail(email), !secret.isEmpty else { return .failure(.format) }
        guard let account = self.accounts[email], account.secret == secret else { return .failure(.refused) }
        return .success(account.user)
    }

    /// Puts a user behind a new cookie.
    ///
    /// - Returns: its value; nil when there are too many.
    mutating func begin(_ user: BaasUser, using random: inout ServerRandom) -> String? {
        guard self.sessions.count < Self.limit else { return nil }
        let session = String(UInt128.random(in: 0 ... .max, using: &random), radix: 36)
        self.sessions[session] = user
        return session
    }

    mutating func end(_ session: String?) {
        if let session { self.sessions[session] = nil }
    }

    /// Something before one `@` and something behind it.
    private static func isEmail(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.count <= 320
    }
}
