import Harness
import Synchronization
import Testing

struct InterruptionTests {
    @Test func `the first request starts an orderly end, the second is told apart`() async {
        let interruption = Interruption()
        let calls = Mutex(0)
        await interruption.whileHandled(by: { calls.withLock { $0 += 1 } }) {
            #expect(interruption.request())
            #expect(!interruption.request())
        }
        #expect(calls.withLock { $0 } == 1)
        #expect(interruption.isRequested)
    }

    @Test func `a request that came before the work begins still ends it`() async {
        let interruption = Interruption()
        interruption.request()
        let calls = Mutex(0)
        await interruption.whileHandled(by: { calls.withLock { $0 += 1 } }) {}
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func `after the work its action is not called any more`() async {
        let interruption = Interruption()
        let calls = Mutex(0)
        await interruption.whileHandled(by: { calls.withLock { $0 += 1 } }) {}
        interruption.request()
        #expect(calls.withLock { $0 } == 0)
    }
}
