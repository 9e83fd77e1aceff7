import Measure
import Testing

struct VerdictTests {
    private static let fit = Validity(fit: true, reasons: [], checks: [])
    private static let unfit = Validity(fit: false, reasons: ["The event loops lagged"], checks: [])

    private static func gate(_ verdict: Verdict) -> GateResult {
        GateResult(
            gate: Gate(metric: "deliveries.lost", op: .equal, limit: 0, text: "deliveries.lost == 0"), verdict: verdict)
    }

    @Test(arguments: [(.pass, 0), (.fail, 1), (.invalid, 2), (.interrupted, 130)] as [(Verdict, Int32)])
    func `a verdict has its exit code`(verdict: Verdict, code: Int32) {
        #expect(verdict.exitCode == code)
    }

    @Test func `the verdict that hides another does so in either order`() {
        let order: [Verdict] = [.interrupted, .invalid, .fail, .pass]
        #expect(Verdict.precedence == order)
        for (rank, strong) in order.enumerated() {
            for weak in order[rank...] {
                #expect(strong.combined(with: weak) == strong)
                #expect(weak.combined(with: strong) == strong)
            }
        }
        #expect(Verdict.combine([]) == .pass)
    }

    @Test(
        arguments: [
            ([], false, false, .pass), ([.pass, .pass], false, false, .pass), ([.pass, .fail], false, false, .fail),
            ([.fail, .invalid], false, false, .invalid), ([.fail, .invalid], false, true, .interrupted),
            ([], true, false, .fail), ([.pass], true, false, .fail), ([.invalid], true, false, .fail),
            ([.pass], true, true, .interrupted),
        ] as [([Verdict], Bool, Bool, Verdict)])
    func `a run is judged by gates, loss and interruption`(
        gates: [Verdict], lost: Bool, interrupted: Bool, verdict: Verdict
    ) {
        let results = gates.map(Self.gate)
        #expect(Verdict.of(gates: results, validity: Self.fit, backendLost: lost, interrupted: interrupted) == verdict)
    }

    @Test(arguments: [false, true])
    func `an unfit instrument makes a run invalid whatever its gates say`(lost: Bool) {
        #expect(Verdict.of(gates: [Self.gate(.pass)], validity: Self.unfit, backendLost: lost) == .invalid)
        #expect(Verdict.of(gates: [Self.gate(.fail)], validity: Self.unfit, backendLost: lost) == .invalid)
        #expect(Verdict.of(gates: [], validity: Self.unfit, interrupted: true) == .interrupted)
    }
}
