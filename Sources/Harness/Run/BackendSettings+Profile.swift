package import Backends
import Foundation
import Signaling
package import Workload

extension BackendSettings {
    /// What a profile says about its backend, at a given place.
    ///
    /// - Parameters:
    ///   - backend: the profile's backend.
    ///   - url: where it listens; `nil` while nobody knows yet (capabilities do not depend on it).
    /// - Throws: `HarnessError` (bad URL, unknown backend, bad flag), naming the first mistake.
    package init(profile backend: Profile.Backend, url: String?) throws(HarnessError) {
        do throws(BackendError) {
            guard let descriptor = BackendCatalogue.descriptor(for: backend.id) else {
                throw BackendCatalogue.unknown(backend.id)
            }
            if let problem = descriptor.problems(in: backend.options).first { throw problem }
            let place: BackendURL
            if let url {
                place = try descriptor.url(url)
            } else {
                place = BackendURL(scheme: descriptor.schemes.first ?? "ws", host: "127.0.0.1", port: 1)
            }
            self.init(
                id: backend.id, url: place, options: backend.reach.merging(backend.options) { $1 },
                headers: backend.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                tls: TLSSettings(
                    caFile: backend.tls.ca, certificateFile: backend.tls.cert, keyFile: backend.tls.key,
                    serverName: backend.tls.serverName, verify: backend.tls.verify == .full ? .full : .none),
                connectTimeout: backend.connectTimeout.nanoseconds, joinGrace: backend.joinGrace.nanoseconds,
                reconnect: backend.reconnect == .none ? .none : .backoff)
            try self.readAccounts()
            Secrets.remember(self.secrets)
            _ = try ReachOptions(self)
            _ = try BackendCatalogue.capabilities(self)
        } catch {
            throw BackendChoice.flagError(error)
        }
    }

    /// Takes the accounts of the file that the settings name.
    private mutating func readAccounts() throws(BackendError) {
        guard let path = self.options["accounts"], !path.isEmpty else { return }
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw BackendError(code: .badFile, message: "backend.accounts: '\(path)' cannot be read as text in UTF-8")
        }
        let accounts = try Accounts(text, file: path)
        self.accounts = accounts
        try accounts.check(self)
    }

    /// Holds the accounts to a plan.
    ///
    /// - Throws: `HarnessError` (bad profile) when there are fewer than agents.
    func checkAccounts(for agents: Int) throws(HarnessError) {
        guard let accounts, accounts.count < agents else { return }
        throw HarnessError(
            .badProfile,
            "backend.accounts: \(accounts.file) has \(accounts.count) row\(accounts.count == 1 ? "" : "s") for \(agents) agents",
            cure: "add a row for each agent, or run no more than --agents \(accounts.count)")
    }
}
