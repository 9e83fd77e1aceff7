import Foundation
import Synchronization
package import Testing

/// Has a suite run beside a few others, and no more than there are processors.
///
/// Suites that mostly wait for other programs need no processor to themselves, but all of them at once would starve
/// one another. The limit holds for suites, so the time limits of their tests do not run while they wait for a place.
package struct SideBySide: SuiteTrait, TestScoping {
    private static let places = Places(ProcessInfo.processInfo.activeProcessorCount)

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.places.take()
        defer { Self.places.leave() }
        try await function()
    }
}

extension Trait where Self == SideBySide {
    /// At most a few suites with this trait run at the same time.
    package static var sideBySide: Self { Self() }
}

/// A number of places, given in the order in which they were asked for.
private final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { self.state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = self.state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
