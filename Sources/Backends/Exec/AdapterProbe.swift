import Glibc
import NIOCore
import Signaling
import Synchronization

/// Starts an adapter before a run to hear its greeting.
enum AdapterProbe {
    private static let known = Mutex<[String: Capabilities]>([:])

    /// What an adapter declares; it is started only where it was not asked before.
    ///
    /// - Parameters:
    ///   - command: for the shell.
    ///   - timeout: nanoseconds that the greeting may take.
    /// - Returns: its capabilities.
    /// - Throws: ``BackendError`` with the adapter's exit status and last words, or the line that is none.
    static func capabilities(of command: String, timeout: Int64) throws(BackendError) -> Capabilities {
        if let known = self.known.withLock({ $0[command] }) { return known }
        let name = "the adapter '\(command)'"
        let process: SpawnedProcess
        do throws(DialError) {
            process = try SpawnedProcess(command)
        } catch { throw BackendError(code: .badProgram, message: error.message) }
        let said = self.hear(process, timeout: timeout)
        close(process.input)
        close(process.output)
        close(process.errors)
        let ending = said.didEnd ? self.wait(for: process) : ChildProcesses.reap(process.pid, kills: true)
        let words = said.errors.isEmpty ? "" : "; it wrote: " + said.errors
        guard let greeting = said.line else {
            throw BackendError(
                code: .badProgram,
                message: said.didEnd
                    ? "\(name) ended with \(ending ?? "no status") before it said hello\(words)"
                    : "\(name) did not say hello in time\(words)")
        }
        let buffer = ByteBuffer(bytes: greeting)
        guard let line = try? PipeLine(buffer), line.operation == "hello", line.texts["version"] == PipeProcess.version
        else {
            let text = Secrets.excerpt(greeting)
            throw BackendError(
                code: .badProgram,
                message:
                    "\(name) did not begin with {\"op\":\"hello\",\"version\":\(PipeProcess.version)}, but with: \(text)"
            )
        }
        var capabilities = DeclaredCapabilities.usual
        if let range = line.capabilities {
            do throws(BackendError) {
                let text = String(decoding: greeting[range], as: UTF8.self)
                capabilities = try DeclaredCapabilities.read(PairList.parse("capabilities", text))
            } catch {
                throw BackendError(
                    code: .badProgram, message: "\(name) declares \(error.message)", suggestion: error.suggestion)
            }
        }
        self.known.withLock { $0[command] = capabilities }
        return capabilities
    }

    /// Waits a moment for a process that has closed its standard output.
    private static func wait(for process: SpawnedProcess) -> String? {
        for _ in 0..<50 {
            if let ending = ChildProcesses.reap(process.pid, kills: false) { return ending }
            usleep(10_000)
        }
        return ChildProcesses.reap(process.pid, kills: true)
    }

    /// Says hello and reads the first line of standard output, and what standard error says meanwhile.
    private static func hear(
        _ process: SpawnedProcess, timeout: Int64
    ) -> (line: [UInt8]?, errors: String, didEnd: Bool) {
        let hello = Array("{\"op\":\"hello\",\"version\":\(PipeProcess.version)}\n".utf8)
        // A pipe takes this much at once; a program that is gone already has its own way of saying so. SIGPIPE would end
        // this process, so it goes out only while there is a reader that is known not to have left.
        let old = signal(SIGPIPE, SIG_IGN)
        defer { if let old { signal(SIGPIPE, old) } }
        _ = hello.withUnsafeBytes { write(process.input, $0.baseAddress, $0.count) }
        var (output, errors): ([UInt8], [UInt8]) = ([], [])
        var isOpen = (output: true, errors: true)
        let deadline = self.now + timeout
        while isOpen.output || isOpen.errors {
            if let end = output.firstIndex(of: UInt8(ascii: "\n")) {
                return (Array(output[..<end]), self.lastLines(errors), false)
            }
            let left = (deadline - self.now) / 1_000_000
            guard left > 0, output.count < 1 << 20 else { return (nil, self.lastLines(errors), false) }
            var polled = [
                pollfd(fd: isOpen.output ? process.output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen.errors ? process.errors : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, 2, CInt(min(left, 1_000))) > 0 else { continue }
            if polled[0].revents != 0 { isOpen.output = self.read(process.output, into: &output) }
            if polled[1].revents != 0 { isOpen.errors = self.read(process.errors, into: &errors) }
        }
        return (nil, self.lastLines(errors), true)
    }

    private static func read(_ file: CInt, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &chunk, chunk.count)
        guard count > 0 else { return false }
        bytes += chunk[..<count]
        if bytes.count > 2 << 20 { bytes.removeFirst(1 << 20) }
        return true
    }

    private static func lastLines(_ bytes: [UInt8]) -> String {
        bytes.split(separator: UInt8(ascii: "\n")).suffix(5)
            .map { String(decoding: $0.prefix(300).filter { $0 >= 0x20 }, as: UTF8.self) }.joined(separator: " | ")
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
