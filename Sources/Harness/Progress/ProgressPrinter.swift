import Foundation
import Glibc
import Signaling
import Synchronization

/// Shows on standard error how a run goes: one live line on a terminal, one line every ten seconds elsewhere.
package final class ProgressPrinter: Sendable {
    /// How much is said.
    package enum Mode: Equatable, Sendable {
        case quiet
        /// A line that is rewritten, cut to so many columns.
        case live(columns: Int)
        /// A line of its own, at most one in so many seconds.
        case lines(everySeconds: Double)
    }

    private struct State: Sendable {
        var isLineOpen = false
        var lastLine: Double?
        var lastPhase = ""
    }

    package let mode: Mode
    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    /// Makes a printer.
    ///
    /// - Parameters:
    ///   - mode: how much is said.
    ///   - write: takes text as it stands; standard error unless a test listens.
    package init(mode: Mode, write: @escaping @Sendable (String) -> Void = StandardError.write) {
        self.mode = mode
        self.write = write
    }

    /// The mode that suits standard error.
    ///
    /// - Parameter isQuiet: `--quiet`.
    /// - Returns: live only on a terminal.
    package static func mode(isQuiet: Bool) -> Mode {
        if isQuiet { return .quiet }
        guard isatty(STDERR_FILENO) == 1 else { return .lines(everySeconds: 10) }
        var size = winsize()
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return .live(columns: known ? Int(size.ws_col) : 80)
    }

    /// Shows the present figures, when it is time to.
    package func show(_ figures: ProgressFigures) {
        switch self.mode {
        case .quiet: break
        case .live(let columns):
            self.state.withLock { state in
                state.isLineOpen = true
                self.write("\r\u{1B}[2K" + figures.line(width: columns - 1))
            }
        case .lines(let seconds):
            self.state.withLock { state in
                let isDue = state.lastLine.map { figures.elapsed - $0 >= seconds - 0.5 } ?? true
                guard isDue || figures.phase != state.lastPhase else { return }
                state.lastLine = figures.elapsed
                state.lastPhase = figures.phase
                self.write(figures.line() + "\n")
            }
        }
    }

    /// Says one sentence, on a line of its own.
    package func note(_ text: String) {
        guard self.mode != .quiet else { return }
        self.say(text)
    }

    /// Says one sentence even when quiet: a warning.
    package func warn(_ text: String) {
        self.say("warning: " + text)
    }

    /// Ends the live line.
    package func finish() {
        self.state.withLock { state in
            if state.isLineOpen { self.write("\r\u{1B}[2K") }
            state.isLineOpen = false
        }
    }

    private func say(_ text: String) {
        self.state.withLock { state in
            self.write((state.isLineOpen ? "\r\u{1B}[2K" : "") + text + "\n")
            state.isLineOpen = false
        }
    }
}

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

/// Standard error: progress, warnings, mistakes.
package enum StandardError {
    /// Writes text as it stands; that nobody reads it any more is no reason to fail.
    package static let write: @Sendable (String) -> Void = { text in
        try? FileHandle.standardError.write(contentsOf: Data(Secrets.masked(text).utf8))
    }
}
