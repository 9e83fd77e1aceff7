import Measure
import Testing

@testable import Conformance

/// The suite's own test: a fault is found by the case that is there for it, and by nothing that has no right to.
struct MutantTests {
    @Test(arguments: Mutant.allCases.filter { !$0.reference.hasPrefix("mqtt") })
    func `a mutant is caught by its own case, and fails nothing that does not rest on what it breaks`(
        mutant: Mutant
    ) throws {
        // The largest case, which is there for one mutant.
        let cases = mutant == .headOfLineStall ? Reference.messageCases : Reference.messageCases.subtracting(["LIM-06"])
        Reference.check(try Reference.simulate(mutant.reference, cases, mutant: mutant), mutant)
    }
}
