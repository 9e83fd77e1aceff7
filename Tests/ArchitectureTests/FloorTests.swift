import Foundation
import Testing

/// Holds the package to its floors: what a target declares and what its sources import lie below it.
struct FloorTests {
    /// The floor of every target; `Package.swift` must declare exactly these.
    private static let floors: [String: Int] = [
        "Signaling": 0, "Workload": 1, "Measure": 1, "Backends": 2, "Fleet": 3, "Simulation": 4, "Reporting": 4,
        "Conformance": 4, "Harness": 5,
        "signalbench": 6, "Benchmarks": 6, "Schedules": 6,
    ]

    /// What a target may import beside lower floors, the standard library, `Synchronization` and `Glibc`.
    private static let outside: [String: Set<String>] = [
        "Signaling": [],
        "Workload": ["Foundation", "Yams"],
        "Measure": ["Histogram"],
        "Backends": ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOTLS", "NIOWebSocket", "NIOSSL"],
        "Fleet": ["NIOCore", "NIOPosix"],
        // Dispatch is in the signature of one requirement of `EventLoop`.
        "Simulation": ["NIOCore", "Dispatch"],
        "Reporting": ["Foundation", "Mustache"],
        "Conformance": ["Foundation", "NIOCore", "NIOPosix", "Yams"],
        "Harness": ["Foundation", "NIOCore", "NIOPosix", "Subprocess", "UnixSignals"],
        "signalbench": ["Foundation", "ArgumentParser", "UnixSignals"],
        "Benchmarks": ["Foundation", "NIOCore", "NIOPosix", "NIOEmbedded"],
        "Schedules": ["Foundation", "NIOCore", "Dispatch"],
    ]

    private static let everywhere: Set<String> = ["Synchronization", "Glibc"]

    /// What Reporting leaves alone although it stands higher: it never sees the wire.
    private static let forbidden: [String: Set<String>] = ["Reporting": ["Backends", "Fleet"]]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let modifiers: Set<Substring> = ["package", "public", "internal", "private", "@preconcurrency"]

    private struct Import {
        var module: String
        var place: String
    }

    private static func imports(of target: String) throws -> [Import] {
        let folder = Self.root.appending(path: "Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var found: [Import] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at <= 2, words.count > at + 1,
                    words[..<at].allSatisfy({ Self.modifiers.contains($0) })
                else { continue }
                let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias"]
                let name = kinds.contains(words[at + 1]) && words.count > at + 2 ? words[at + 2] : words[at + 1]
                let module = String(name.split(separator: ".")[0])
                found.append(Import(module: module, place: "\(target)/\(file.lastPathComponent):\(number + 1)"))
            }
        }
        return found
    }

    /// Why an import is not allowed, or nil when it is.
    private static func objection(to module: String, in target: String) -> String? {
        if Self.everywhere.contains(module) || Self.outside[target, default: []].contains(module) { return nil }
        guard let floor = Self.floors[target], let other = Self.floors[module] else {
            return "\(module) is no lower floor and not on \(target)'s list of packages"
        }
        if Self.forbidden[target, default: []].contains(module) { return "\(target) must not see \(module)" }
        return other < floor ? nil : "\(module) (floor \(other)) is not below \(target) (floor \(floor))"
    }

    @Test(arguments: floors.keys.sorted())
    func `a source file imports only lower floors`(target: String) throws {
        let imports = try Self.imports(of: target)
        #expect(!imports.isEmpty || target == "Signaling", "no import was found: is the folder named \(target)?")
        for found in imports {
            let objection = Self.objection(to: found.module, in: target)
            #expect(objection == nil, "\(found.place): \(objection ?? "")")
        }
    }

    @Test func `the package declares only dependencies on lower floors`() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let start = #"\.(?:target|executableTarget)\(\s*name: "(\w+)""#
        let others = #"(?:(?!\.target\(|\.executableTarget\(|\.testTarget\().)*"#
        let entry = try Regex("\(start)(?<rest>\(others))", as: (Substring, Substring, rest: Substring).self)
            .dotMatchesNewlines()
        var seen: Set<String> = []
        for match in manifest.matches(of: entry) {
            let target = String(match.output.1)
            // Tests and the fuzzer see everything.
            guard target != "TestKit", target != "Fuzz" else { continue }
            seen.insert(target)
            for dependency in match.output.rest.matches(of: /"(\w+)"/) {
                let name = String(dependency.output.1)
                guard Self.floors[name] != nil, name != target else { continue }
                let objection = Self.objection(to: name, in: target)
                #expect(objection == nil, "Package.swift: \(target): \(objection ?? "")")
            }
        }
        #expect(seen == Set(Self.floors.keys))
    }

    @Test(arguments: [
        ("Measure", "Workload"), ("Signaling", "NIOCore"), ("Signaling", "Foundation"), ("Measure", "Foundation"),
        ("Reporting", "NIOCore"), ("Reporting", "Fleet"), ("Backends", "Fleet"), ("Fleet", "Harness"),
    ])
    func `an import upwards or sideways is refused`(target: String, module: String) {
        #expect(Self.objection(to: module, in: target) != nil)
    }

    @Test func `no source file is longer than 500 lines`() throws {
        for folder in ["Sources", "Tests"] {
            let files = FileManager.default.enumerator(
                at: Self.root.appending(path: folder), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let lines = try String(contentsOf: file, encoding: .utf8).split(
                    separator: "\n", omittingEmptySubsequences: false
                ).count
                #expect(lines <= 501, "\(file.lastPathComponent) has \(lines - 1) lines")
            }
        }
    }

    @Test func `every unchecked Sendable carries its soundness argument`() throws {
        let marks = ["@unchecked" + " Sendable", "nonisolated" + "(unsafe)"]
        let files = FileManager.default.enumerator(
            at: Self.root.appending(path: "Sources"), includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() where marks.contains(where: line.contains) {
                let above = lines[max(0, number - 12)...number]
                #expect(
                    above.contains { $0.localizedCaseInsensitiveContains("sound") },
                    "\(file.lastPathComponent):\(number + 1) needs a comment that argues why it is sound")
            }
        }
    }
}
