/// What one progress line says.
package struct ProgressFigures: Equatable, Sendable {
    /// The phase by its name: ramp, warmup, steady, leave, drain.
    package var phase: String
    /// Seconds since the run began.
    package var elapsed: Double
    package var connected: Int
    package var requested: Int
    /// Receipts a second since the line before.
    package var deliveriesPerSecond: Double
    /// Connectable pairs among the expected ones (0…1); `nil` when none are expected.
    package var completion: Double?
    /// The 99th percentile of fan-out latency within the last second, in milliseconds.
    package var fanoutP99: Double?
    /// The longest loop lag within the last second, in milliseconds.
    package var loopLag: Double
    /// Seconds until the planned end; `nil` once it has passed.
    package var remaining: Double?

    package init(
        phase: String, elapsed: Double, connected: Int, requested: Int, deliveriesPerSecond: Double,
        completion: Double?, fanoutP99: Double?, loopLag: Double, remaining: Double?
    ) {
        self.phase = phase
        self.elapsed = elapsed
        self.connected = connected
        self.requested = requested
        self.deliveriesPerSecond = deliveriesPerSecond
        self.completion = completion
        self.fanoutP99 = fanoutP99
        self.loopLag = loopLag
        self.remaining = remaining
    }

    /// The line.
    ///
    /// - Parameter width: columns of the terminal; a longer line is cut, because a wrapped one cannot be rewritten.
    /// - Returns: the line, without its end.
    package func line(width: Int = .max) -> String {
        var parts = [
            "\(self.phase) \(Self.seconds(self.elapsed))",
            "agents \(Self.grouped(self.connected))/\(Self.grouped(self.requested))",
            "\(Self.grouped(Int(self.deliveriesPerSecond.rounded()))) deliveries/s",
        ]
        if let completion = self.completion { parts.append("completion \(Self.percent(completion))") }
        if let fanoutP99 = self.fanoutP99 { parts.append("p99 \(Self.milliseconds(fanoutP99))") }
        parts.append("loop lag \(Self.milliseconds(self.loopLag))")
        if let remaining = self.remaining { parts.append("ETA \(Self.seconds(remaining))") }
        let line = parts.joined(separator: " · ")
        return line.count <= width ? line : String(line.prefix(max(0, width - 1))) + "…"
    }

    // MARK: - Numbers

    /// `12.3 s`, `75 s`, `12 min`.
    package static func seconds(_ value: Double) -> String {
        if value < 60 { return "\(self.decimal(value, 1)) s" }
        if value < 600 { return "\(Int(value.rounded())) s" }
        return "\(Int((value / 60).rounded())) min"
    }

    /// `0.42 ms`, `4.2 ms`, `42 ms`, `4.20 s`.
    package static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<1: "\(self.decimal(value, 2)) ms"
        case ..<10: "\(self.decimal(value, 1)) ms"
        case ..<1000: "\(Int(value.rounded())) ms"
        default: "\(self.decimal(value / 1000, 2)) s"
        }
    }

    /// `99.9 %`; only a whole one is `100 %`, so that one lost pair of thousands still shows.
    package static func percent(_ share: Double) -> String {
        if share >= 1 { return "100 %" }
        return "\(self.decimal(min(99.99, (share * 10_000).rounded(.down) / 100), 2)) %"
    }

    /// `12,345`.
    package static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out.append(",") }
            out.append(digit)
        }
        return value < 0 ? "-" + out : out
    }

    private static func decimal(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let units = Int((value.magnitude * Double(scale)).rounded())
        let fraction = String(units % scale)
        let text = "\(units / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
        return value < 0 && units > 0 ? "-" + text : text
    }
}
