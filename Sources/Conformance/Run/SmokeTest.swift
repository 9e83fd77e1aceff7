import Backends

/// Shows that the dialect can talk to a backend at all, before anything is judged.
enum SmokeTest {
    /// Two members, one message each way.
    ///
    /// - Returns: why not; nil when it works.
    static func run(_ rig: isolated CaseRig) async -> String? {
        do {
            let agents = try await rig.members(2, of: rig.room("smoke"))
            for (speaker, listener) in [(agents[0], agents[1]), (agents[1], agents[0])] {
                let key = speaker.push("1")
                guard await rig.wait(seconds: 5, until: { listener.inbox.contains { $0.key == key && $0.isMine } })
                else {
                    let said = speaker.refusals.last.map { "; the backend said \($0.code) \($0.message)" } ?? ""
                    return "two members joined, and a message from one never reached the other within 5 s\(said)"
                }
            }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
