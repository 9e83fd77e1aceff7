import Foundation

/// Programs of the distribution that tests start.
package enum Programs {
    /// The path of a program, which may stand where an ordinary user's `PATH` does not look.
    ///
    /// - Throws: ``LaunchedServer/Failed`` when it is not installed; `.ci/setup` installs it.
    package static func path(of name: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        let all = folders.map { "\($0)/\(name)" }
        guard let found = all.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw LaunchedServer.Failed(description: "\(name) is not installed: run `make test` once")
        }
        return found
    }

    /// Starts a program that reads its configuration from a file, on free ports, for the length of `body`.
    ///
    /// Should another process take one of the ports just then, others are tried.
    ///
    /// - Parameters:
    ///   - name: the program.
    ///   - count: how many ports it listens on.
    ///   - files: further files beside its configuration, by name.
    ///   - arguments: of the command, given the path of the configuration and of its folder.
    ///   - configuration: the text, given the folder and the ports.
    ///   - body: what needs it, given the ports.
    /// - Throws: ``LaunchedServer/Failed``, or what `body` throws.
    package static func with(
        _ name: String, ports count: Int, files: [String: String] = [:],
        arguments: (_ file: String, _ folder: String) -> [String],
        configuration: (_ folder: String, _ ports: [Int]) -> String, _ body: ([Int]) async throws -> Void
    ) async throws {
        let program = try Self.path(of: name)
        let folder = FileManager.default.temporaryDirectory.path + "/\(name)-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Workers may be another user's, who has to get at what they read.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        var failure: (any Error)?
        for _ in 0..<3 {
            let ports = try Loopback.freePorts(count)
            let file = folder + "/\(name).conf"
            try configuration(folder, ports).write(toFile: file, atomically: true, encoding: .utf8)
            let server = try LaunchedServer([program] + arguments(file, folder))
            do { try await server.waitUntilReady(.listening(ports)) } catch {
                failure = error
                await server.stop()
                continue
            }
            let result: Result<Void, any Error>
            do { result = .success(try await body(ports)) } catch { result = .failure(error) }
            await server.stop()
            return try result.get()
        }
        throw failure ?? LaunchedServer.Failed(description: "\(name) did not start")
    }

    /// Runs a program of short life, such as one that writes a file of passwords.
    ///
    /// - Returns: its standard output.
    /// - Throws: ``LaunchedServer/Failed`` when it fails.
    @discardableResult
    package static func run(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path(of: name))
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw LaunchedServer.Failed(description: "\(name) \(arguments.first ?? "") failed")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
