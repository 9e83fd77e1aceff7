extension BackendSettings {
    /// What was set and is without effect at this place, each in one sentence.
    package var notes: [String] {
        var notes = ProxyEnvironment.ignored(by: self).map { [$0] } ?? []
        guard let reach = try? ReachOptions(self), let carrier = try? BackendCatalogue.carrier(self) else {
            return notes
        }
        if !self.url.isSecure {
            let tls = reach.tls
            let names = [
                ("tls.ca", tls.caFile != nil), ("tls.cert", tls.certificateFile != nil),
                ("tls.serverName", tls.serverName != nil), ("tls.verify", tls.verify != .full),
            ].filter(\.1).map(\.0)
            if let first = names.first {
                notes.append("backend.\(first) is set and ignored: \(self.url.scheme):// has no TLS")
            }
        }
        if carrier == .stream, self.url.path != "/" {
            notes.append("the path of the URL is ignored: \(self.id) sends none over \(self.url.scheme)://")
        }
        if !carrier.framing.isWebSocket {
            let names = [
                ("subprotocols", !reach.subprotocols.isEmpty), ("clientPing", reach.clientPing != nil),
                ("compression", reach.compression != .none),
            ].filter(\.1).map(\.0)
            for name in names { notes.append("backend.\(name) is set and ignored: there is no WebSocket") }
        }
        return notes
    }
}
