import Harness
import Synchronization
import Testing

struct ProgressTests {
    private static let figures = ProgressFigures(
        phase: "steady", elapsed: 12.34, connected: 198, requested: 1200, deliveriesPerSecond: 12345.4,
        completion: 0.9912, fanoutP99: 3.21, loopLag: 0.42, remaining: 8)

    @Test func `a line has phase, agents, deliveries, completion, p99, loop lag and ETA`() {
        #expect(
            Self.figures.line()
                == "steady 12.3 s · agents 198/1,200 · 12,345 deliveries/s · completion 99.12 % · p99 3.2 ms"
                + " · loop lag 0.42 ms · ETA 8.0 s")
    }

    @Test func `what is unknown is left out`() {
        var figures = Self.figures
        figures.completion = nil
        figures.fanoutP99 = nil
        figures.remaining = nil
        #expect(figures.line() == "steady 12.3 s · agents 198/1,200 · 12,345 deliveries/s · loop lag 0.42 ms")
    }

    @Test func `a line never exceeds the terminal`() {
        for width in [1, 20, 40, 80] {
            let line = Self.figures.line(width: width)
            #expect(line.count <= width)
            #expect(line.hasSuffix("…"))
        }
        #expect(Self.figures.line(width: 200) == Self.figures.line())
    }

    @Test(arguments: [(1.0, "100 %"), (0.99999, "99.99 %"), (0.5, "50.00 %"), (0, "0.00 %")])
    func `only a whole one is a hundred percent`(share: Double, text: String) {
        #expect(ProgressFigures.percent(share) == text)
    }

    @Test(arguments: [(0.049, "0.05 ms"), (9.94, "9.9 ms"), (42.4, "42 ms"), (1765, "1.77 s")])
    func `milliseconds take the digits they deserve`(value: Double, text: String) {
        #expect(ProgressFigures.milliseconds(value) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1234, "-1,234")])
    func `digits are grouped by three`(value: Int, text: String) {
        #expect(ProgressFigures.grouped(value) == text)
    }

    @Test func `a terminal gets one line that is rewritten`() {
        let written = Written()
        let printer = ProgressPrinter(mode: .live(columns: 60), write: written.append)
        printer.show(Self.figures)
        printer.show(Self.figures)
        printer.note("done")
        #expect(!written.text.dropLast("done\n".count).contains("\n"))
        #expect(written.text.ranges(of: "\r\u{1B}[2K").count == 3)
        #expect(written.text.hasSuffix("\r\u{1B}[2Kdone\n"))
    }

    @Test func `elsewhere a line comes every ten seconds and with every phase`() {
        let written = Written()
        let printer = ProgressPrinter(mode: .lines(everySeconds: 10), write: written.append)
        for second in 0...25 {
            var figures = Self.figures
            figures.elapsed = Double(second)
            figures.phase = second < 15 ? "ramp" : "steady"
            printer.show(figures)
        }
        let lines = written.text.split(separator: "\n").map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        }
        #expect(lines == ["ramp 0.0", "ramp 10.0", "steady 15.0", "steady 25.0"])
    }

    @Test func `quiet says nothing but warnings`() {
        let written = Written()
        let printer = ProgressPrinter(mode: .quiet, write: written.append)
        printer.show(Self.figures)
        printer.note("note")
        printer.finish()
        #expect(written.text.isEmpty)
        printer.warn("few ports")
        #expect(written.text == "warning: few ports\n")
    }
}

private final class Written: Sendable {
    private let content = Mutex("")

    var text: String { self.content.withLock { $0 } }
    var append: @Sendable (String) -> Void { { text in self.content.withLock { $0 += text } } }
}
