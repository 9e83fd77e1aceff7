import Foundation
import Measure
import TestKit
import Testing

/// Against another implementation: `hdrhistogram` of PyPI, where a Python that has it is found.
///
/// `SIGNALBENCH_PYTHON` names the interpreter; without it `python3` is tried.
@Suite(.enabled(if: Lane.isSerial, "the reader is another program"))
struct HistogramInteropTests {
    private static let script = """
        import sys
        from hdrh.histogram import HdrHistogram
        encoded, *values = sys.stdin.read().split()
        theirs = HdrHistogram(64, 3600000000000, 3)
        for value in values: theirs.record_value(int(value))
        ours = HdrHistogram.decode(encoded)
        print(ours.get_total_count(), *[ours.get_value_at_percentile(p) for p in (50, 90, 99, 99.9, 100)])
        print(theirs.get_total_count(), *[theirs.get_value_at_percentile(p) for p in (50, 90, 99, 99.9, 100)])
        """

    private static func python(_ arguments: [String], input: String = "") throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["SIGNALBENCH_PYTHON"] ?? "python3"] + arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    private static let isThere = (try? Self.python(["-c", "import hdrh"])) ?? nil != nil

    @Test(.enabled(if: isThere, "no Python with the package hdrhistogram"), arguments: [1, 1000, 5000])
    func `another implementation reads the same distribution`(count: Int) throws {
        let samples = LatencySamples(count: count, seed: 77)
        let input = ([samples.histogram.base64] + samples.values.map(String.init)).joined(separator: "\n")
        let output = try #require(try Self.python(["-c", Self.script], input: input))
        let lines = output.split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == lines[1], "seed 77: \(output)")
        #expect(lines.first?.hasPrefix("\(count) ") == true)
    }
}
