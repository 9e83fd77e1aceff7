/// What every embedded server can be asked, whatever it speaks.
protocol EmbeddedServer: Sendable {
    /// What it has done so far, over all loops.
    func counters() async -> ServerCounters

    /// Stops accepting, says goodbye to everybody, waits for them to go, and drops who does not.
    func shutdown() async
}
