import Foundation
package import Measure
import Signaling

extension EnvironmentReport {
    /// Where this process runs.
    ///
    /// - Parameters:
    ///   - command: the words of the command line.
    ///   - facts: the machine.
    package init(command: [String], facts: MachineFacts) {
        var limits = [
            "fileDescriptors": "\(facts.descriptorsSoft) (hard limit \(facts.descriptorsHard))",
            "localPorts": "\(facts.firstPort)–\(facts.lastPort)",
            "acceptQueue": "\(facts.acceptQueue)",
        ]
        if let memory = facts.memoryLimit { limits["memory"] = "\(memory >> 20) MiB (control group)" }
        if let quota = facts.cpuQuota {
            limits["cpu"] = "\(FixedDecimal.text(quota, decimals: 2)) cores (control group)"
        }
        self.init(
            command: Secrets.masked(command.map(Self.quoted).joined(separator: " ")), os: Self.system(),
            kernel: facts.kernel,
            cores: facts.cores, memory: facts.memory, swift: Self.compiler,
            limits: limits)
    }

    /// A word as a shell reads it back.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || "-_./:=,+@%".utf8.contains(byte)
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// `PRETTY_NAME` of os-release(5).
    private static func system() -> String {
        let lines = (ProcFile.text(of: "/etc/os-release") ?? "").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("PRETTY_NAME=") }) else { return "Linux" }
        return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
    }

    private static var compiler: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
