import Backends
import Conformance
import Foundation
import Signaling
import Synchronization
import Workload

/// One backend of a conformance run, with everything known of it before it is reached.
struct ConformBackend {
    /// As the user named it.
    var name: String
    var profile: Profile.Backend
    /// What its server says of itself, where a file does; nil for the built-in declaration alone.
    var declared: Declaration?

    /// Whether we start its server.
    var isOurs: Bool { self.profile.url == nil }

    /// Reads what the user wrote.
    ///
    /// - Parameters:
    ///   - texts: `ID`, `ID:URL`, either with options, or a bare URL where the declaration names its adapter.
    ///   - overrides: every `--set` and `--set-file`; one that only some of the backends have is theirs.
    ///   - declared: from `--declare`.
    /// - Returns: the backends, not reached yet.
    /// - Throws: `HarnessError` (unknown backend, bad URL, bad flag).
    static func read(
        _ texts: [String], overrides: [ProfileReader.Override], declared: Declaration?
    ) throws(HarnessError) -> [ConformBackend] {
        let profiles = try BackendOverrides.defaults(
            overrides, for: texts.map { Self.words($0, declared) }, name: "conform")
        return try zip(texts, profiles).map { text, profile throws(HarnessError) in
            var profile = BackendChoice.completed(profile).backend
            profile.launch = nil
            guard profile.url != nil || BackendCatalogue.descriptor(for: profile.id)?.embedded == true else {
                throw HarnessError(
                    .badFlag, "\(profile.id) has no embedded server",
                    cure: "give its address: signalbench conform \(profile.id):URL")
            }
            return ConformBackend(name: text, profile: profile, declared: declared)
        }
    }

    /// A bare URL with the declaration's adapter before it.
    private static func words(_ text: String, _ declared: Declaration?) -> String {
        let scheme = text.prefix { $0.isLetter }
        guard let adapter = declared?.adapter, !adapter.isEmpty, !scheme.isEmpty,
            text.dropFirst(scheme.count).hasPrefix("://")
        else { return text }
        return "\(adapter):\(text)"
    }

    /// The fixture of a server that takes connections.
    ///
    /// - Throws: `HarnessError` (bad URL, bad flag).
    func fixture(url: String) throws(HarnessError) -> CaseFixture {
        let settings = try BackendSettings(profile: self.profile, url: url)
        do throws(BackendError) {
            var declaration = try Declaration.builtin(settings, isOurs: self.isOurs)
            if let declared, !self.isOurs { declaration = declaration.overridden(by: declared) }
            return CaseFixture(name: self.name, settings: settings, declaration: declaration, isOurs: self.isOurs)
        } catch {
            throw BackendChoice.flagError(error)
        }
    }
}

/// A list of failures that are expected, which may only shrink: lines of a backend, a case and, after `#`, the reason.
struct ConformBaseline: Equatable {
    /// One expected failure.
    struct Entry: Hashable {
        var backend: String
        var id: String
    }

    var entries: Set<Entry> = []

    /// Reads a file.
    ///
    /// - Throws: `HarnessError` (unreadable file) that names every bad line.
    static func read(path: String) throws(HarnessError) -> ConformBaseline {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HarnessError(
                .unreadableFile, "cannot read the baseline '\(path)'", cure: "check the path and the file")
        }
        var baseline = ConformBaseline()
        var problems: [String] = []
        let ids = Catalogue.current.cases.map(\.id)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            let place = "\(path):\(number + 1):1: error: "
            guard words.count == 2 else {
                problems.append("\(place)a line is a backend, a case and a # reason")
                continue
            }
            guard ids.contains(words[1]) else {
                problems.append("\(place)there is no case '\(words[1])'\(Spelling.hint(for: words[1], among: ids))")
                continue
            }
            baseline.entries.insert(Entry(backend: words[0], id: words[1]))
        }
        if !problems.isEmpty {
            throw HarnessError(.unreadableFile, problems.joined(separator: "\n"), cure: "")
        }
        return baseline
    }

    func lists(_ id: String, of backend: String) -> Bool { self.entries.contains(Entry(backend: backend, id: id)) }
}

/// An embedded server as a child that can be stopped and started again at its address.
actor FixtureServer {
    private let id: String
    private let flags: [String]
    private let own: String
    private let logFolder: String?
    private var port = 0
    private var task: Task<Void, any Error>?
    private var stop: AsyncStream<Void>.Continuation?
    private(set) var pid: Int32 = 0
    private(set) var url = ""

    init(id: String, flags: [String], own: String, logFolder: String?) {
        self.id = id
        self.flags = flags
        self.own = own
        self.logFolder = logFolder
    }

    /// Starts it.
    ///
    /// - Throws: `HarnessError` (launch failed, port in use).
    func start() async throws {
        let words = ["serve", self.id, "--host", "127.0.0.1", "--port", "\(self.port)"] + self.flags
        let command = LaunchCommand(
            executable: self.own, arguments: words + ["--until-eof"], shown: ["signalbench"] + words,
            announcement: .readyLine)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let (ready, readiness) = AsyncStream.makeStream(of: RunningBackend.self)
        self.stop = stop
        let launcher = BackendLauncher(logFolder: self.logFolder)
        let task = Task {
            defer { readiness.finish() }
            try await launcher.withBackend(command) { backend in
                readiness.yield(backend)
                for await _ in stops { break }
            }
        }
        self.task = task
        guard let backend = await ready.first(where: { _ in true }) else {
            try await task.value
            throw HarnessError(.launchFailed, "'\(command.text)' did not listen", cure: "run the command by hand")
        }
        self.pid = backend.pid
        self.url = backend.url ?? ""
        self.port = (try? BackendURL.parse(self.url).port) ?? 0
    }

    /// Stops it and waits for its end.
    func end() async {
        self.stop?.yield()
        self.stop?.finish()
        _ = try? await self.task?.value
        self.task = nil
    }

    /// Stops it and starts it again at the same address.
    func restart() async throws {
        await self.end()
        try await self.start()
    }

    /// Its resident memory in bytes; nil when it does not run.
    var residentBytes: Int? {
        ProcessStat(pid: self.pid).map { Int($0.residentPages * ProcessStat.pageSize) }
    }
}
