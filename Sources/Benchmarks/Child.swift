import Foundation

/// A process of the benchmark with a line-wise conversation.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer = Data()

    /// Starts a program.
    convenience init(sibling name: String, _ arguments: [String]) throws {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        try self.init(path: folder.appending(path: name).path, arguments)
    }

    init(path: String, _ arguments: [String]) throws {
        self.process.executableURL = URL(filePath: path)
        self.process.arguments = arguments
        self.process.standardInput = self.input
        self.process.standardOutput = self.output
        try self.process.run()
    }

    /// The next line of its output.
    func line() throws -> String {
        while true {
            if let end = self.buffer.firstIndex(of: 0x0a) {
                let line = String(decoding: self.buffer[..<end], as: UTF8.self)
                self.buffer = Data(self.buffer[(end + 1)...])
                return line
            }
            let more = self.output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw BenchmarkError("a child ended without a word") }
            self.buffer.append(more)
        }
    }

    func closeInput() { try? self.input.fileHandleForWriting.close() }

    func stop() {
        self.process.terminate()
        self.process.waitUntilExit()
    }
}
