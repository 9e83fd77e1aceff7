import Foundation
import Measure
import Reporting
import TestKit
import Testing

struct WriterTests {
    @Test func `writes every file and nothing else`() async throws {
        try await TemporaryFolder.with { folder in
            let target = folder.appendingPathComponent("a/b")
            let written = try ReportWriter.write(MadeUpRun().document(), to: target)
            let names = written.map { $0.path.dropFirst(target.path.count + 1) }
            #expect(
                names.prefix(5) == ["report.json", "summary.md", "junit.xml", "samples.hlog", "samples.hgrm"]
                    && names.last == "report.html")
            #expect(names.contains("hgrm/fanout.latency.hgrm"))
            let found = try FileManager.default.subpathsOfDirectory(atPath: target.path).filter { $0 != "hgrm" }
            #expect(found.sorted() == names.map(String.init).sorted())
        }
    }

    @Test func `leaves the page out when it is not wanted`() async throws {
        try await TemporaryFolder.with { folder in
            let written = try ReportWriter.write(
                MadeUpRun().document(), to: folder, options: ReportOptions(html: false))
            #expect(!written.contains { $0.lastPathComponent == "report.html" })
        }
    }

    @Test func `writes an interrupted run as well, marked as partial`() async throws {
        try await TemporaryFolder.with { folder in
            let run = MadeUpRun(seconds: 1, verdict: .interrupted)
            _ = try ReportWriter.write(run.document(), to: folder)
            let json = try Data(contentsOf: folder.appendingPathComponent("report.json"))
            #expect(try ReportDocument(json: json).result.complete == false)
            let summary = try String(contentsOf: folder.appendingPathComponent("summary.md"), encoding: .utf8)
            #expect(summary.contains("**partial**"))
        }
    }

    @Test func `replaces a file whole and leaves no temporary one behind`() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("x.txt")
            try AtomicFile.write(Array("old and much longer".utf8), to: file)
            try AtomicFile.write(Array("new".utf8), to: file)
            #expect(try String(contentsOf: file, encoding: .utf8) == "new")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.txt"])
        }
    }

    @Test func `writes what can be written, and names the first file that cannot`() async throws {
        try await TemporaryFolder.with { folder in
            for name in ["junit.xml", "report.html"] {
                let inside = folder.appendingPathComponent(name).appendingPathComponent("inside")
                try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
            }
            let error = #expect(throws: ReportError.self) {
                try ReportWriter.write(MadeUpRun().document(), to: folder)
            }
            #expect(error?.message.contains("junit.xml") == true)
            #expect(error?.message.contains("written: report.json, summary.md, samples.hlog") == true)
            let json = try Data(contentsOf: folder.appendingPathComponent("report.json"))
            #expect(try ReportDocument(json: json).result.complete)
        }
    }

    @Test func `keeps the old file when the new one cannot be written`() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("x")
            try FileManager.default.createDirectory(
                at: file.appendingPathComponent("inside"), withIntermediateDirectories: true)
            let error = #expect(throws: ReportError.self) { try AtomicFile.write([1], to: file) }
            #expect(error?.message.contains(file.path) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x"])
        }
    }

    @Test(arguments: [("/proc/nowhere", "/proc"), ("/dev/null/folder", "/dev/null")])
    func `names the folder that cannot be made`(path: String, part: String) {
        let error = #expect(throws: ReportError.self) { try ReportWriter.makeFolder(URL(fileURLWithPath: path)) }
        #expect(error.map { [.notFound, .permission].contains($0.code) } == true, "\(String(describing: error))")
        #expect(error?.message.contains(part) == true)
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "no memory file system"))
    func `names a folder that does not exist`() {
        let file = URL(fileURLWithPath: "/dev/shm/signalbench-\(UUID().uuidString)/x")
        #expect(throws: ReportError(code: .notFound, message: "")) { try AtomicFile.write([1], to: file) }
    }

    @Test(arguments: [
        (ENOSPC, ReportError.Code.diskFull), (EDQUOT, .diskFull), (EACCES, .permission), (EROFS, .permission),
        (ENOENT, .notFound), (EIO, .inputOutput),
    ])
    func `names the cause of every failure`(number: Int32, code: ReportError.Code) {
        let error = AtomicFile.error(number, "/some/file")
        #expect(error.code == code)
        #expect(error.message.contains("/some/file"))
    }

    /// Prints count, p50 and p99 in nanoseconds of every line of a log.
    private static let reader = """
        import sys
        from hdrh.log import HistogramLogReader
        from hdrh.histogram import HdrHistogram
        reader = HistogramLogReader(sys.argv[1], HdrHistogram(64, 3600000000000, 3))
        while True:
            one = reader.get_next_interval_histogram()
            if one is None: break
            print(one.get_tag(), one.get_total_count(), one.get_value_at_percentile(50), one.get_start_time_stamp())
        """

    @Test(.enabled(if: Lane.isSerial, "the reader is another program"))
    func `writes distributions that another implementation reads`() async throws {
        let peer = try PythonPeer.required()
        var histogram = LatencyHistogram()
        for value in 1...10_000 { histogram.record(nanoseconds: Int64(value) * 1_000) }
        var document = try MadeUpRun().document()
        document.result.histograms = ["fanout.latency": HistogramReport(histogram)]
        try await TemporaryFolder.with { folder in
            _ = try ReportWriter.write(document, to: folder, options: ReportOptions(html: false))
            let log = folder.appendingPathComponent("samples.hlog")
            let outcome = try await peer.run(Self.reader, [log.path])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let fields = outcome.output.split(whereSeparator: \.isWhitespace)
            #expect(fields.prefix(2) == ["fanout.latency", "10000"], "\(outcome.output)")
            let median = try #require(fields.count > 2 ? Double(fields[2]) : nil)
            #expect(abs(median - 5e6) / 5e6 < 0.002)
            let table = try String(contentsOf: folder.appendingPathComponent("samples.hgrm"), encoding: .utf8)
            #expect(table.contains("Total count    =        10000]") && table.contains("#[Mean    ="))
        }
    }
}
