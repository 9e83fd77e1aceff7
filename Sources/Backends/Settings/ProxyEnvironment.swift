import Glibc
import NIOCore

/// The variables by which a machine names its proxies.
package enum ProxyEnvironment {
    /// The process's own variables.
    package static var current: [String: String] {
        var all: [String: String] = [:]
        for name in Self.names + Self.exceptions {
            if let value = getenv(name) { all[name] = String(cString: value) }
        }
        return all
    }

    /// The variable that names a proxy for a URL, and its value; nil when none does, or `NO_PROXY` excepts the host.
    package static func proxy(
        for url: BackendURL, in environment: [String: String]
    ) -> (name: String, value: String)? {
        let own = url.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"]
        let names = own + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }), let value = environment[name],
            !Self.isExcepted(url.host, in: environment)
        else { return nil }
        return (name, value)
    }

    private static let names = [
        "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
    ]
    private static let exceptions = ["no_proxy", "NO_PROXY"]

    /// Whether a list of names, or of ends of names, holds the host.
    private static func isExcepted(_ host: String, in environment: [String: String]) -> Bool {
        let list = Self.exceptions.compactMap { environment[$0] }.joined(separator: ",")
        let host = host.lowercased()
        return list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            let name = entry.lowercased().drop { $0 == "." }
            return entry == "*" || host == name || host.hasSuffix("." + name)
        }
    }

    /// What to say where a proxy of the environment could have been used, and the settings want none.
    ///
    /// - Parameters:
    ///   - settings: of a backend whose place is known.
    ///   - environment: where a variable may stand.
    /// - Returns: one sentence; nil when there is nothing to say, as for a backend on this machine.
    package static func ignored(
        by settings: BackendSettings, in environment: [String: String] = Self.current
    ) -> String? {
        let url = settings.url
        guard ["", "none"].contains(settings.options["proxy"] ?? ""), url.command == nil, !Self.isLoopback(url.host),
            let named = Self.proxy(for: url, in: environment)
        else { return nil }
        return "\(named.name) is set and ignored for \(url.host): backend.proxy is none, and environment would use it"
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let address = try? SocketAddress(ipAddress: host, port: 0), let text = address.ipAddress else {
            return false
        }
        return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
    }
}
