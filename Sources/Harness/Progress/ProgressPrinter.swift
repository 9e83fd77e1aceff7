import Foundation
import Glibc
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
