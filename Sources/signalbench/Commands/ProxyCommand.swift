import ArgumentParser
import Harness

/// `signalbench proxy`.
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Passes TCP connections on to a backend, and does to them what a profile's faults say.",
        discussion: """
            Example:
              signalbench proxy --listen 127.0.0.1:9000 --to 127.0.0.1:8080
              signalbench proxy --listen 127.0.0.1:0 --to broker:1883 --faults bad-minute.yaml

            bad-minute.yaml:
              faults:
                - {at: 10s, for: 5s, kind: delay, by: 200ms}
                - {at: 20s, kind: cut, share: 50%}
                - {at: 30s, for: 3s, kind: refuse}

            Kinds: delay (by), throttle and split (bytes), stall, cut, reset, refuse. It prints a line of
            JSON when it listens, from which the times count, and its counters when Ctrl-C ends it.
            """)

    @Option(help: ArgumentHelp("Where it listens; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("The backend.", valueName: "host:port"))
    var to: String

    @Option(help: ArgumentHelp("A profile whose faults hold.", valueName: "file"))
    var faults: String?

    @Option(help: ArgumentHelp("What a fault's share of the connections is drawn from.", valueName: "n"))
    var seed: UInt64 = 1

    func run() async throws {
        var request = ProxyRequest(listen: self.listen, target: self.to)
        request.faultsFile = self.faults
        request.seed = self.seed
        try await ProxyController.run(request) { print($0) }
    }
}

/// `signalbench record`.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Stands between real clients and a backend, and writes down their signals without identities.",
        discussion: """
            Example:
              signalbench record --listen 127.0.0.1:9000 --to 127.0.0.1:8080 --out call.json

            It reads WebSocket without TLS and signals of JSON with type, from, sendto, sdp and candidate, in
            whatever envelope. Names become A, B, C; ufrags, passwords, fingerprints, ids and ports others of
            the same length; addresses those of documentation. Compression is not let through, since it could
            not be read. Ctrl-C ends it and writes the file, which plays in a run:
              signalbench run --backend relay --set signaling.payload=call.json \
                --set signaling.pacing=call.json --set calls.when=recorded

            Other protocols by a mapping, where paths have dots and null makes each connection a peer:
              {"type": "kind", "from": "sender.id", "to": "target", "sdp": ["desc.sdp", "sdp"],
               "candidate": "ice.candidate", "sdpMid": "ice.mid", "types": {"call": "join"}}
            """)

    @Option(help: ArgumentHelp("Where it listens; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("The backend.", valueName: "host:port"))
    var to: String

    @Option(help: ArgumentHelp("The recording.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("JSON that says what a foreign protocol calls the fields.", valueName: "file"))
    var mapping: String?

    func run() async throws {
        var request = ProxyRequest(listen: self.listen, target: self.to)
        request.recording = self.out
        request.mappingFile = self.mapping
        try await ProxyController.run(request) { print($0) }
    }
}
