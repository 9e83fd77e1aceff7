import Foundation

/// An independent implementation to test against: a script for a Python of the test environment.
///
/// `make test` installs the packages under `.build/venv`; `SIGNALBENCH_PYTHON` names another interpreter. A second one,
/// in `.build/venv-eio3` or named by `SIGNALBENCH_PYTHON_EIO3`, has the packages that speak Engine.IO 3.
package struct PythonPeer: Sendable {
    /// What a script printed, and how it ended.
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// The interpreter is not there.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    package let interpreter: String

    /// The interpreter of the test environment; nil when there is none.
    package static let shared = Self.find("SIGNALBENCH_PYTHON", folder: "venv")

    /// The interpreter whose python-socketio speaks Engine.IO 3; nil when there is none.
    package static let engineIO3 = Self.find("SIGNALBENCH_PYTHON_EIO3", folder: "venv-eio3")

    private static func find(_ variable: String, folder: String) -> PythonPeer? {
        if let named = ProcessInfo.processInfo.environment[variable], !named.isEmpty {
            return PythonPeer(interpreter: named)
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        for root in [FileManager.default.currentDirectoryPath, root] {
            let path = root + "/.build/\(folder)/bin/python3"
            if FileManager.default.isExecutableFile(atPath: path) { return PythonPeer(interpreter: path) }
        }
        return nil
    }

    /// What is wrong and how to mend it when it is not there.
    private static let remedy =
        "no Python test environment: run `make test` once, or set SIGNALBENCH_PYTHON to an interpreter with the packages"

    /// The interpreter of the test environment.
    ///
    /// - Throws: ``Missing`` when there is none.
    package static func required() throws -> PythonPeer {
        guard let shared else { throw Missing(description: self.remedy) }
        return shared
    }

    /// The interpreter whose python-socketio speaks Engine.IO 3.
    ///
    /// - Throws: ``Missing`` when there is none.
    package static func requiredForEngineIO3() throws -> PythonPeer {
        guard let engineIO3 else { throw Missing(description: self.remedy) }
        return engineIO3
    }

    /// The path of one of the scripts beside this library, in its folder `Python`.
    package static func path(of script: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Python/\(script)").path
    }

    /// Runs one of the scripts in the folder `Python` to its end; the parameters are those of `run(_:_:timeout:)`.
    package func run(file: String, _ arguments: [String] = [], timeout: Double = 60) async throws -> Outcome {
        try await self.launch([Self.path(of: file)] + arguments, timeout: timeout)
    }

    /// Runs a script to its end.
    ///
    /// - Parameters:
    ///   - script: the program's text.
    ///   - arguments: what it finds in `sys.argv[1:]`.
    ///   - timeout: seconds after which it is killed.
    /// - Returns: what it printed, and how it ended.
    /// - Throws: when it cannot be started.
    package func run(_ script: String, _ arguments: [String] = [], timeout: Double = 60) async throws -> Outcome {
        try await self.launch(["-c", script] + arguments, timeout: timeout)
    }

    private func launch(_ arguments: [String], timeout: Double) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: self.interpreter)
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let pid = process.processIdentifier
        let watchdog = Task {
            try await Task.sleep(nanoseconds: UInt64(timeout * 1e9))
            kill(pid, SIGKILL)
        }
        defer { watchdog.cancel() }
        async let said = Self.drain(output.fileHandleForReading)
        async let complained = Self.drain(errors.fileHandleForReading)
        let (text, complaint) = await (said, complained)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                process.waitUntilExit()
                continuation.resume()
            }
        }
        return Outcome(status: process.terminationStatus, output: text, errors: complaint)
    }

    /// Reads to the end on a thread of its own, so that no other task waits for it.
    private static func drain(_ handle: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let data = (try? handle.readToEnd()) ?? nil
                continuation.resume(returning: String(decoding: data ?? Data(), as: UTF8.self))
            }
        }
    }
}
