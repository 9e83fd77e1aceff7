import NIOCore
import NIOEmbedded
import Signaling
import TestKit
import Testing

@testable import Backends

/// What becomes of a child process and of those it serves, on a loop whose time is the test's.
@Suite struct PipeTests {
    @Test func `agents share a process, each with a number of its own`() throws {
        let rig = try PipeRig()
        let members = try (0..<3).map { _ in try rig.member() }
        rig.greet()
        #expect(rig.programs.count == 1)
        #expect(
            rig.heard() == [
                #"{"agent":0,"op":"open"}"#, #"{"agent":1,"op":"open"}"#, #"{"agent":2,"op":"open"}"#,
            ])
        try rig.say(#"{"agent":1,"op":"welcomed","id":"b"}"#)
        #expect(members.map(\.events) == [[], [.welcomed(PeerID("b"))], []])
        #expect(rig.home.pipes.floor != nil)
    }

    @Test func `a setting gives each process a number of agents`() throws {
        let rig = try PipeRig(options: ["agentsPerProcess": "2"])
        for _ in 0..<5 { _ = try rig.member() }
        #expect(rig.programs.count == 3)
    }

    @Test func `lines mean the same however they are cut`() throws {
        let lines = [
            #"{"agent":0,"op":"welcomed","id":"me"}"#, #"{"op":"pong","n":999}"#,
            #"{"agent": 0, "op": "signal", "signal": {"type":"call","from":"é"}}"#,
            #"{"agent":0,"op":"peerLeft","id":"x"}"#,
        ]
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        var generator = SplitMix64(seed: 5)
        var first: [Inbound]?
        for size in [bytes.count, 1, 2, 3, 7, 20] {
            let rig = try PipeRig()
            let member = try rig.member()
            rig.greet()
            for piece in CodecVerifier.pieces(of: bytes, greatest: size, using: &generator) {
                try rig.write(ByteBuffer(bytes: piece))
            }
            let kinds = member.events.map { event -> Inbound in
                guard case .signal(let head, _) = event else { return event }
                return .overheard(
                    SignalHead(kind: head.kind, verdict: head.verdict, tag: nil, from: 0..<0, bytes: head.bytes))
            }
            #expect(kinds.count == 3)
            #expect(first == nil || first == kinds)
            first = kinds
        }
    }

    @Test func `a dead adapter is named, with its exit status and its last words`() throws {
        for isGreeted in [false, true] {
            let rig = try PipeRig()
            let member = try rig.member()
            if isGreeted { rig.greet() }
            rig.programs[0].lastWords = ["Traceback", "KeyError: 'op'"]
            rig.programs[0].status = "exit status 3"
            rig.programs[0].channel?.close(promise: nil)
            rig.pass(1_000)
            let text = try #require(member.endings.first.map { "\($0)" })
            #expect(member.endings.count == 1)
            #expect(text.contains("'./a.py' ended with exit status 3; it wrote: Traceback | KeyError: 'op'"), "\(text)")
        }
    }

    @Test func `an adapter that says nothing is named, and killed`() throws {
        for isGreeted in [false, true] {
            let rig = try PipeRig()
            let member = try rig.member()
            if isGreeted {
                rig.greet()
                try rig.say(#"{"agent":0,"op":"welcomed","id":"me"}"#)
            }
            rig.pass(20_000)
            let text = try #require(member.endings.first.map { "\($0)" })
            #expect(text.contains(isGreeted ? "did not answer a ping" : "did not say hello in time"), "\(text)")
            #expect(rig.programs[0].kills == 1)
        }
    }

    @Test(arguments: [
        ("Hello, world!", "a line that is no JSON object: Hello, world!"),
        (#"{"agent":7,"op":"joined"}"#, "wrote of agent 7, which was never opened"),
        (#"{"op":"error","message":"no licence"}"#, "gave up: no licence"),
        (String(repeating: "x", count: 5 << 20), "a line of more than 4194304 bytes"),
    ])
    func `an adapter that babbles is named, and killed`(line: String, cause: String) throws {
        let rig = try PipeRig()
        let member = try rig.member()
        rig.greet()
        try rig.say(line)
        rig.pass(1_000)
        let text = try #require(member.endings.first.map { "\($0)" })
        #expect(text.contains(cause), "\(text.prefix(300))")
        #expect(rig.programs[0].kills == 1)
    }

    @Test func `an adapter of another version is not used`() throws {
        let rig = try PipeRig()
        let member = try rig.member()
        rig.loop.run()
        try rig.say(#"{"op":"hello","version":2}"#)
        rig.pass(1_000)
        #expect(member.endings.first.map { "\($0)".contains("speaks version 2") } == true)
    }

    @Test func `a broken adapter is not started for every agent`() throws {
        let rig = try PipeRig()
        let members = try (0..<50).map { _ in try rig.member() }
        rig.programs[0].status = "exit status 1"
        rig.programs[0].channel?.close(promise: nil)
        rig.pass(100)
        let late = try (0..<50).map { _ in try rig.member() }
        rig.pass(100)
        #expect((members + late).allSatisfy { $0.endings.count == 1 })
        #expect(rig.programs.count == 1)
        rig.pass(2_000)
        _ = try rig.member()
        #expect(rig.programs.count == 2)
    }

    @Test func `a process whose agents are gone is closed and reaped`() throws {
        let rig = try PipeRig()
        let member = try rig.member()
        rig.greet()
        _ = rig.heard()
        member.connection?.close()
        rig.loop.run()
        #expect(member.endings == [.requested])
        #expect(rig.heard() == [#"{"agent":0,"op":"close"}"#])
        rig.programs[0].answersPings = true
        rig.pass(5_000)
        #expect(rig.programs[0].channel?.isActive == false)
        #expect(rig.programs[0].kills == 1)
    }

    @Test func `an agent that does not read holds nobody up`() throws {
        let rig = try PipeRig()
        let (slow, quick) = (try rig.member(), try rig.member())
        rig.greet()
        slow.connection?.pauseReads()
        for agent in 0...1 { try rig.say(#"{"agent":\#(agent),"op":"welcomed","id":"a\#(agent)"}"#) }
        #expect(slow.events.isEmpty && quick.events.count == 1)
        slow.connection?.resumeReads()
        rig.loop.run()
        #expect(slow.events == [.welcomed(PeerID("a0"))])
    }
}
