import Backends
package import Conformance
import Foundation
package import Measure
import NIOCore
import NIOPosix
import Reporting
import Signaling
import Synchronization
package import Workload

/// Carries a conformance request from its words to its reports: everything is checked first, then each backend in turn.
package struct ConformController: Sendable {
    private let request: ConformRequest
    private let own: String
    private let printer: ProgressPrinter

    /// - Parameters:
    ///   - request: what the user asked for.
    ///   - own: the path of this program, which embedded backends are started from.
    ///   - printer: where progress goes.
    package init(request: ConformRequest, own: String, printer: ProgressPrinter) {
        self.request = request
        self.own = own
        self.printer = printer
    }

    /// Judges every backend.
    ///
    /// - Throws: `HarnessError` for every mistake that is found before anything starts.
    package func run() async throws -> ConformOutcome {
        DescriptorLimit.raise()
        let selection = Catalogue.current.select(self.request.cases)
        if let unmatched = selection.unmatched {
            let ids = Catalogue.current.cases.map(\.id)
            throw HarnessError(
                .badFlag, "--cases: no case is called '\(unmatched)'\(Spelling.hint(for: unmatched, among: ids))",
                cure: "signalbench list cases shows them all")
        }
        let declared = try self.declaration()
        let baseline = try self.request.baseline.map { path throws(HarnessError) in try ConformBaseline.read(path: path)
        }
        let names =
            self.request.backends.isEmpty ? BackendCatalogue.all(speaking: .milkcocoa).map(\.id) : self.request.backends
        let backends = try ConformBackend.read(names, overrides: self.request.overrides, declared: declared)
        let folder =
            try self.request.out.map { path throws(HarnessError) in try ReportFolder(taking: path) }
            ?? ReportFolder(
                below: "Reports", profile: "conform", backend: backends.count == 1 ? backends[0].profile.id : "matrix")
        let stream = try ConformanceStream(folder: folder.path)
        let interruption = Interruption()
        let printer = self.printer
        let signals = await interruption.watchSignals {
            printer.note("interrupted: the running cases end; once more ends it at once")
        }
        defer { signals.cancel() }
        let catalogue = Catalogue.current
        var outcome = ConformOutcome(
            result: ConformanceResult(
                catalogue: catalogue.catalogueVersion, catalogueSha: Catalogue.sha,
                profile: self.request.profile.rawValue,
                seed: self.request.seed, startedAt: Timestamp.text(Date()),
                titles: catalogue.cases.map { CaseTitle(id: $0.id, slug: $0.slug, level: $0.level, text: $0.text) }),
            folder: folder.path)
        for backend in backends where !interruption.isRequested {
            do {
                var judged = try await self.judge(backend, selection.ids, stream, folder, interruption)
                if let baseline { Self.apply(baseline, to: &judged, ran: selection.ids) }
                try stream.footer(judged)
                outcome.result.backends.append(judged)
            } catch let error as HarnessError where error.code != .unwritableOutput {
                outcome.errors.append((backend.name, error))
                outcome.result.backends.append(
                    BackendConformance(
                        backend: backend.name, url: backend.profile.url ?? "", declared: [:],
                        setupFailure: error.message))
            }
        }
        outcome.result.interrupted = interruption.isRequested
        let result = outcome.result
        try ReportFiles.translating {
            try ConformanceWriter.write(
                result, tool: "signalbench \(ToolVersion.text)", to: URL(filePath: folder.path),
                html: self.request.writesHTML)
        }
        return outcome
    }

    // MARK: - One backend

    private func judge(
        _ backend: ConformBackend, _ selected: Set<String>, _ stream: ConformanceStream, _ folder: ReportFolder,
        _ interruption: Interruption
    ) async throws -> BackendConformance {
        guard backend.isOurs else {
            let fixture = try backend.fixture(url: backend.profile.url ?? "")
            let url = fixture.settings.url
            for sentence in fixture.settings.notes { self.printer.note(sentence) }
            // A command was tried when its capabilities were asked for.
            var isReady = url.command != nil
            if !isReady {
                isReady = await ServerProbe.isReady(.connect(host: url.host, port: url.port), timeout: .seconds(5))
            }
            guard isReady else {
                throw HarnessError(
                    .unreachable, "nothing answers at \(url.host):\(url.port) (\(url))",
                    cure: "start the server, or check host and port; \(backend.profile.id) alone brings its own")
            }
            return try await self.run(fixture, selected, stream, interruption)
        }
        let options = BackendPlacement.flags(backend.profile.options)
        let log = try folder.folder(backend.profile.id).path
        let server = FixtureServer(
            id: backend.profile.id, flags: options + self.request.serverFlags, own: self.own, logFolder: log)
        let heart = FixtureServer(
            id: backend.profile.id,
            flags: options + self.request.serverFlags
                + [
                    "--ping-interval", "\(Self.interval)ms", "--ping-timeout", "\(Self.timeout)ms",
                    "--handshake-timeout", "\(Self.handshake)ms",
                ],
            own: self.own, logFolder: nil)
        try await server.start()
        do {
            try await heart.start()
            var fixture = try backend.fixture(url: await server.url)
            fixture.quickHeart = CaseFixture.QuickHeart(
                settings: try backend.fixture(url: await heart.url).settings, intervalMs: Self.interval,
                timeoutMs: Self.timeout,
                handshakeMs: Self.handshake)
            fixture.restart = { try await server.restart() }
            fixture.residentBytes = { await server.residentBytes }
            let judged = try await self.run(fixture, selected, stream, interruption)
            await heart.end()
            await server.end()
            return judged
        } catch {
            await heart.end()
            await server.end()
            throw error
        }
    }

    /// The quick fixture's heartbeat and handshake, in milliseconds (`conformance.md` 3.16).
    private static let interval = 300
    private static let timeout = 200
    private static let handshake = 1_000

    private func run(
        _ fixture: CaseFixture, _ selected: Set<String>, _ stream: ConformanceStream, _ interruption: Interruption
    ) async throws -> BackendConformance {
        try stream.header(fixture, self.request, cores: MachineFacts.read().cores)
        self.printer.note("\(fixture.name): \(selected.count) cases, profile \(self.request.profile.rawValue)")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(4, MachineFacts.read().cores)))
        let runner = ConformanceRunner(
            fixture: fixture, profile: self.request.profile, selected: selected, group: group,
            network: SocketNetwork(try ReachOptions(fixture.settings)), seed: self.request.seed,
            isCancelled: { interruption.isRequested })
        let printer = self.printer
        let problem = Mutex<(any Error)?>(nil)
        let judged = await runner.run { one in
            do {
                try stream.add(one, of: fixture.name)
            } catch {
                problem.withLock { $0 = error }
            }
            if one.verdict != .notRun, one.verdict != .notApplicable {
                printer.note(
                    "\(fixture.name) \(one.id) \(one.verdict.rawValue) (\(one.ms) ms)\(one.verdict == .fail ? ": \(one.actual)" : "")"
                )
            }
        }
        try await group.shutdownGracefully()
        if let error = problem.withLock({ $0 }) { throw error }
        return judged
    }

    private static func apply(_ baseline: ConformBaseline, to judged: inout BackendConformance, ran: Set<String>) {
        for index in judged.cases.indices where baseline.lists(judged.cases[index].id, of: judged.backend) {
            switch judged.cases[index].verdict {
            case .fail, .blocked, .inconclusive, .setupFail, .harnessError: judged.cases[index].isExpectedFailure = true
            case .pass, .nonStrict, .info, .notApplicable: judged.unexpectedPasses.append(judged.cases[index].id)
            case .notRun: break
            }
        }
    }

    // MARK: - What is checked before anything starts

    private func declaration() throws(HarnessError) -> Declaration? {
        guard let path = self.request.declare else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HarnessError(
                .unreadableFile, "cannot read the declaration '\(path)'", cure: "check the path and the file")
        }
        do {
            return try DeclarationReader.read(text, file: path)
        } catch {
            throw HarnessError(.unreadableFile, error.lines.joined(separator: "\n"), cure: "")
        }
    }
}

/// What a user asks `conform` for.
package struct ConformRequest: Sendable {
    /// What to judge, as ``ConformBackend`` reads it; none is `baas`.
    package var backends: [String] = []
    package var profile = ConformanceProfile.quick
    /// Ids and beginnings of ids, separated by commas; nil runs all.
    package var cases: String?
    /// A declaration file for servers that are not ours.
    package var declare: String?
    /// A file of expected failures.
    package var baseline: String?
    package var out: String?
    package var writesHTML = true
    package var seed: UInt64 = 1
    /// Every `--set backend.…=…`.
    package var overrides: [ProfileReader.Override] = []
    /// Flags of `serve` for our own servers, such as `--faithful-2016`.
    package var serverFlags: [String] = []

    package init() {}
}

/// How a conformance run ended.
package struct ConformOutcome: Sendable {
    package var result: ConformanceResult
    /// The folder with its files.
    package var folder: String
    /// Why a backend was never reached, by its name.
    package var errors: [(backend: String, error: HarnessError)] = []

    /// The status to exit with.
    package var status: CommandStatus {
        CommandStatus.combined(
            self.errors.map(\.error.exitStatus) + [CommandStatus(rawValue: self.result.exitCode) ?? .internalError])
    }

    /// What standard output says at the end: verdicts and failures of each backend, and the folder.
    package var text: String {
        var lines: [String] = []
        for backend in self.result.backends {
            let counts = CaseVerdict.allCases.compactMap { verdict in
                backend.counts[verdict.rawValue].map { "\($0) \(verdict.rawValue)" }
            }
            let word =
                !backend.setupFailure.isEmpty
                ? "NOT JUDGED" : backend.exitCode == 0 ? "CONFORMS" : backend.exitCode == 1 ? "FAILS" : "NOT PROVEN"
            lines.append("\(backend.backend): \(word)  \(counts.joined(separator: ", "))")
            if !backend.setupFailure.isEmpty { lines.append("  smoke: \(backend.setupFailure)") }
            for one in backend.cases
            where [.fail, .nonStrict, .blocked, .inconclusive, .setupFail, .harnessError].contains(one.verdict) {
                let mark = one.isExcused ? " (expected)" : ""
                let wanted = one.expected.isEmpty ? "" : "expected \(one.expected); "
                lines.append(
                    "  \(one.id) \(one.verdict.rawValue)\(mark): \(wanted)\(wanted.isEmpty || one.verdict == .blocked ? "" : "found ")\(one.actual)"
                )
            }
            for id in backend.unexpectedPasses {
                lines.append("  \(id) passed, and the baseline lists it as failing: take it off")
            }
        }
        lines.append("report: \(self.folder)")
        return lines.joined(separator: "\n")
    }

    /// What standard output gets with `--format json`.
    ///
    /// - Throws: what encoding throws.
    package func json() throws -> String {
        String(decoding: try ReportCoding.encoder(isPretty: true).encode(self.result), as: UTF8.self)
    }
}
