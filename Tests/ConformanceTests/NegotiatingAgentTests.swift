import Signaling
import Testing

@testable import Conformance

struct NegotiatingAgentTests {
    @Test(
        arguments: [
            (#"{"desc":1048577}"#, 1_048_577), (#"{"of":3,"last":true}"#, 3), (#"{"desc":-1}"#, 0),
            (#"{"of":-9223372036854775808}"#, 0), (#"{"desc":18446744073709551616}"#, 0), ("null", 0),
        ] as [(String, UInt64)])
    func `any number from the wire names a description or none`(text: String, raw: UInt64) throws {
        let content = try #require(JSONTree(text))
        #expect(NegotiatingAgent.description(in: content).raw == raw)
    }
}
