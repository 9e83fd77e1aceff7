import Foundation
import Reporting

@testable import Measure

/// Reports and histograms that are read back.
enum ReportDecoders {
    static func report(_ input: FuzzInput) throws {
        guard let document = try? ReportDocument(json: Data(input.payload)) else { return }
        let again = try document.json()
        guard let copy = try? ReportDocument(json: again), try copy.json() == again else {
            throw Violation("a report written and read again is another")
        }
    }

    /// Base64; with option bit 0 only the counts, whose headers are put before them here.
    static func histogram(_ input: FuzzInput) throws {
        let text = input.has(0) ? Self.wrapped(input.payload) : input.text
        guard let delta = HistogramDelta(base64: text) else { return }
        guard HistogramDelta(base64: delta.base64) == delta else {
            throw Violation("a histogram written and read again is another")
        }
        _ = (delta.quantile(0.5), delta.quantile(0.999), delta.interval(0.9), delta.mean, delta.standardDeviation)
        var twice = delta
        twice.add(delta)
    }

    private static func wrapped(_ counts: [UInt8]) -> String {
        var plain = ByteWriter()
        plain.bigEndian(HistogramDelta.cookie)
        plain.bigEndian(UInt32(counts.count))
        plain.bigEndian(UInt32(0))
        plain.bigEndian(UInt32(BucketLayout.digits))
        plain.bigEndian(BucketLayout.lowest)
        plain.bigEndian(BucketLayout.highest)
        plain.bigEndian((1.0).bitPattern)
        plain.bytes(counts)
        let stream = StoredZlib.wrap(plain.bytes)
        var out = ByteWriter()
        out.bigEndian(HistogramDelta.compressedCookie)
        out.bigEndian(UInt32(stream.count))
        out.bytes(stream)
        return Base64.encode(out.bytes)
    }
}
