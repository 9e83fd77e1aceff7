import Foundation
import NIOCore
import NIOPosix
import Reporting
import UnixSignals
import Workload

/// What a user asks `proxy` for.
package struct ProxyRequest: Sendable {
    /// `HOST:PORT` to listen on, and of the backend.
    package var listen: String
    package var target: String
    /// A profile whose `faults` hold; nil for none.
    package var faultsFile: String?
    package var seed: UInt64 = 1
    /// The file of a recording of the signals that pass; nil for none.
    package var recording: String?
    /// A file that says where the signals of a recording have their fields.
    package var mappingFile: String?

    package init(listen: String, target: String) {
        self.listen = listen
        self.target = target
    }
}

/// `signalbench proxy`: the faults of a profile between somebody else's clients and a backend.
package enum ProxyController {
    /// Listens until it is told to end.
    ///
    /// The clock of the faults starts with the first line that it prints.
    ///
    /// - Parameters:
    ///   - request: what to pass where.
    ///   - printLine: gets a line of JSON when it listens, and one with the counters at the end.
    /// - Throws: `HarnessError` for what cannot be read or listened on.
    package static func run(_ request: ProxyRequest, printLine: (String) -> Void) async throws {
        let listen = try self.place(request.listen, "--listen")
        let target = try self.place(request.target, "--to")
        var faults: [Profile.Fault] = []
        if let file = request.faultsFile {
            switch ProfileLoader.read(path: file) {
            case .success(let profile):
                faults = profile.faults
                if let stray = faults.first(where: { $0.kind.place != .path }) {
                    throw HarnessError(
                        .badProfile, "\(file): \(stray.kind.rawValue) happens to no bytes, so the proxy cannot do it",
                        cure: "leave it out, or play the profile with signalbench run")
                }
            case .failure(let error): throw ProfileLoader.harnessError(error)
            }
        }
        let mapping = try self.mapping(request.mappingFile)
        // A call cannot be repeated, so that a place that cannot be written to is told before it.
        if let path = request.recording { try self.write(CallRecorder(seed: 0).file, to: path) }
        DescriptorLimit.raise()
        // Trapped before the ready line, because whoever reads it may ask for the end at once.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let proxy = try await self.start(listen, target, faults, request, mapping, group)
            let place = "\(proxy.address.ipAddress ?? listen.host):\(proxy.address.port ?? listen.port)"
            printLine(
                #"{"ready":true,"listen":"\#(place)","to":"\#(target.host):\#(target.port)","faults":\#(faults.count)}"#
            )
            proxy.begin(at: Int64(NIODeadline.now().uptimeNanoseconds))
            fflush(nil)
            for await _ in signals { break }
            let counters = try await proxy.counters()
            let recorder = try await proxy.recording()
            await proxy.stop()
            printLine(String(decoding: try ReportCoding.encoder(isPretty: false).encode(counters), as: UTF8.self))
            if let path = request.recording, let recorder {
                try self.write(recorder.file, to: path)
                printLine(
                    #"{"messages":\#(recorder.entries.count),"peers":\#(recorder.peers),"unreadable":\#(recorder.unreadable)}"#
                )
            }
            try await group.shutdownGracefully()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func start(
        _ listen: (host: String, port: Int), _ target: (host: String, port: Int), _ faults: [Profile.Fault],
        _ request: ProxyRequest, _ mapping: RecordMapping, _ group: any EventLoopGroup
    ) async throws -> FaultProxy {
        do {
            return try await FaultProxy.start(
                on: listen, to: target, faults: faults, seed: request.seed,
                recorder: request.recording.map { _ in CallRecorder(seed: .random(in: 0 ... .max), mapping: mapping) },
                group: group)
        } catch {
            throw HarnessError(
                .launchFailed, "cannot listen on \(listen.host):\(listen.port): \(error)",
                cure: "choose another --listen, or port 0 for a free one", cause: error)
        }
    }

    private static func mapping(_ file: String?) throws(HarnessError) -> RecordMapping {
        guard let file else { return RecordMapping() }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw HarnessError(.badProfile, "the mapping \(file) cannot be read", cure: "check the path")
        }
        do {
            return try RecordMapping(data)
        } catch {
            throw HarnessError(
                .badProfile, "\(file): \(error)", cure: "see 'signalbench record --help'", cause: error)
        }
    }

    private static func write(_ file: CallRecorder.File, to path: String) throws(HarnessError) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
            try encoder.encode(file).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write the recording \(path): \(error)", cure: "choose another --out",
                cause: error)
        }
    }

    private static func place(_ text: String, _ flag: String) throws(HarnessError) -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon > text.startIndex
        else {
            throw HarnessError(
                .badFlag, "\(flag) \(text) is no HOST:PORT", cure: "for example \(flag) 127.0.0.1:8080")
        }
        return (String(text[..<colon].trimmingPrefix("[")).replacing("]", with: ""), port)
    }
}
