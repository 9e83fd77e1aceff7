import Signaling

extension ExecDialect {
    package static let descriptors: [BackendDescriptor] = [
        BackendDescriptor(
            id: "exec", wire: .other, family: .any, title: "Adapter program",
            summary: "Any protocol, by a program of yours that speaks JSON lines: exec:./adapter.py.",
            schemes: [BackendURL.commandScheme], options: Self.options, embedded: false)
    ]

    private static let options = [
        OptionInfo(
            key: "agentsPerProcess", defaultValue: "0",
            summary: "agents that share one process of the adapter; 0 for all of an event loop")
    ]

    package static func carrier(_ settings: BackendSettings) throws(BackendError) -> CarrierPlan {
        .pipe(
            PipePlan(
                command: settings.url.command ?? "exit 1",
                agentsPerProcess: try OptionReader(settings.options).integer(
                    "agentsPerProcess", default: 0, in: 0...1_000_000)))
    }

    /// What the adapter says of its backend in its greeting; it is started for that, once.
    package static func capabilities(_ settings: BackendSettings) throws(BackendError) -> Capabilities {
        _ = try self.carrier(settings)
        guard let command = settings.url.command else { return DeclaredCapabilities.usual }
        return try AdapterProbe.capabilities(of: command, timeout: settings.connectTimeout)
    }
}
