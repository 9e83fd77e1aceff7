import ArgumentParser
import Harness

/// The command line.
struct Signalbench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalbench",
        abstract: "Puts the load of WebRTC signaling on a backend, measures it and judges it.",
        discussion: """
            Example:
              signalbench run
              signalbench run mesh-8 --backend relay-routed
              signalbench run mine.yaml --gate 'fanout.latency.p99 < 50ms'
              signalbench conform relay baas socketio

            Results go to standard output, progress and messages to standard error.

            Exit codes:
              0 pass                      69 backend unreachable
              1 a gate failed             70 internal error
              2 invalid                   73 results could not all be written
              64 a mistake in a flag      74 parts missing or mixed
              65 a mistake in a file      130 interrupted
            """,
        version: ToolVersion.text,
        subcommands: [
            RunCommand.self, SimulateCommand.self, ConformCommand.self, ServeCommand.self, CompareCommand.self,
            TrendCommand.self,
            ReportCommand.self,
            InitCommand.self, ValidateCommand.self, ListCommand.self, DoctorCommand.self,
            ProxyCommand.self, RecordCommand.self, SuperviseCommand.self, CapacityCommand.self, WhatIfCommand.self,
            MergeCommand.self, CalibrateCommand.self,
        ])
}
