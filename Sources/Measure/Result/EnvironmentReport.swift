/// Where and how a run was made, so that it can be made again.
package struct EnvironmentReport: Codable, Equatable, Sendable {
    /// The exact command.
    package var command: String
    package var os: String
    package var kernel: String
    package var cores: Int
    /// In bytes.
    package var memory: UInt64
    /// The compiler's version.
    package var swift: String
    /// Limits of the system by name, such as file descriptors and the port range.
    package var limits: [String: String]

    package init(
        command: String, os: String, kernel: String, cores: Int, memory: UInt64, swift: String,
        limits: [String: String] = [:]
    ) {
        self.command = command
        self.os = os
        self.kernel = kernel
        self.cores = cores
        self.memory = memory
        self.swift = swift
        self.limits = limits
    }
}
