import Signaling
import Testing

@testable import Workload

@Suite struct ProfileReaderTests {
    @Test(arguments: ["", "# nothing but a comment\n", "---\n", "rooms:\nsignaling:\n"])
    func `an empty profile is the profile of defaults`(text: String) throws {
        #expect(try ProfileReader.read(text: text, file: "unnamed.yaml") == Profile())
    }

    @Test func `the example of the interface reads`() throws {
        let text = """
            name: mesh-8
            description: many small rooms that fill one by one
            backend:
              id: mqtt5
              launch: [mosquitto, -c, Profiles/servers/mosquitto.conf]   # optional
              url: mqtt://127.0.0.1:1883
              qos: 1
            agents: 400
            rooms: {size: 8, fill: interleaved}
            arrival: {pattern: poisson, rate: 50/s}
            calls: {when: join}
            signaling:
              strategy: perfect
              ice: trickle
              candidates: {offerer: 8, answerer: 3}
              payload: chromium
              pacing: recorded
              maxConnections: auto
              timeout: 10s
              ghostTimeout: none
            chatter: {rate: 1/s, bytes: 200}
            churn: {stay: 10s, rejoin: 2s}
            phases: {warmup: 3s, steady: 20s, drain: 5s}
            leave: bye
            validity: {lateness: 10%, loopLag: 20ms, cpu: 90%}
            gates:
              - negotiation.completion >= 99.9%
              - fanout.latency.p99 < 50ms
              - deliveries.lost == 0
              - amplification.messages <= 6.5
            seed: 1
            """
        let profile = try ProfileReader.read(text: text, file: "mesh-8.yaml")
        #expect(profile.name == "mesh-8")
        #expect(profile.backend.id == "mqtt5")
        #expect(profile.backend.launch == ["mosquitto", "-c", "Profiles/servers/mosquitto.conf"])
        #expect(profile.backend.url == "mqtt://127.0.0.1:1883")
        #expect(profile.backend.options == ["qos": "1"])
        #expect(profile.agents == 400)
        #expect(profile.rooms.layout == .size(8))
        #expect(profile.churn == Profile.Churn(stay: .seconds(10), rejoin: .seconds(2)))
        #expect(profile.gates.count == 4)
        #expect(profile.gates[0] == "negotiation.completion >= 99.9%")
    }

    @Test func `all forms of a key mean the same`() throws {
        let one = try ProfileReader.read(text: "signaling: {candidates: 5}", file: "p.yaml")
        let two = try ProfileReader.read(text: "signaling: {candidates: {offerer: 5, answerer: 5}}", file: "p.yaml")
        #expect(one == two)
        let off = try ProfileReader.read(text: "chatter: {rate: 0}", file: "p.yaml")
        #expect(off.chatter == nil)
        #expect(try ProfileReader.read(text: "chatter: none", file: "p.yaml") == off)
        #expect(try ProfileReader.read(text: "churn: none", file: "p.yaml").churn == nil)
    }

    @Test func `one side of a section leaves the other at its default`() throws {
        let profile = try ProfileReader.read(
            text: "signaling: {candidates: {answerer: 0}, payload: {offer: 7000}}\nchatter: {bytes: 10}", file: "p.yaml"
        )
        #expect(profile.signaling.candidates == Profile.Signaling.Candidates(offerer: 8, answerer: 0))
        #expect(
            profile.signaling.payload
                == .sized(Profile.Signaling.Payload.Sizes(offer: 7000, answer: 5100, candidate: 110)))
        #expect(profile.chatter?.rate.perSecond == 1)
    }

    @Test func `the keys of judgement and names read`() throws {
        let text = """
            expect: [ORD-02, DLV-01]
            verdict: gates
            signaling: {strategy: published}
            """
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        #expect(profile.expect == ["ORD-02", "DLV-01"])
        #expect(profile.verdict == .gates)
        #expect(profile.signaling.strategy == .seed)
        let auto = try ProfileReader.read(text: "", file: "p.yaml")
        #expect(auto.verdict == .contract)
    }

    @Test func `a backend's own keys are joined by dots`() throws {
        let nested = "backend: {id: socketio, events: {join: enter, message: msg}, path: /x}"
        let profile = try ProfileReader.read(text: nested, file: "p.yaml")
        #expect(profile.backend.options == ["events.join": "enter", "events.message": "msg", "path": "/x"])
    }

    @Test func `anchors, aliases and merges work`() throws {
        let text = """
            phases: &times {warmup: 1s, steady: 2s}
            signaling:
              candidates: &few {offerer: 1, answerer: 2}
            rooms:
              <<: {size: 6, fill: sequential}
              size: 3
            """
        let profile = try ProfileReader.read(text: text, file: "p.yaml")
        #expect(profile.phases.steady == .seconds(2))
        #expect(profile.rooms.layout == .size(3))
        #expect(profile.rooms.fill == .sequential)
    }

    @Test func `a profile is named after its file`() throws {
        #expect(try ProfileReader.read(text: "", file: "/a/b.c/my.load.yaml").name == "my.load")
        #expect(try ProfileReader.read(text: "", file: "plain").name == "plain")
    }
}
