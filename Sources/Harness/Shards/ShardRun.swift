import Foundation
import Glibc
import Measure
import Reporting
import Signaling
package import Workload

/// What makes a run a shard: where it meets the others, and where it leaves its part.
package struct ShardRun: Sendable {
    package let shard: Shard
    let folder: String
    let binary: String
    let rendezvous: Rendezvous

    /// Prepares a shard.
    ///
    /// - Parameters:
    ///   - shard: which one.
    ///   - folder: where all shards meet; made when it is missing.
    ///   - plan: the plan's digest.
    ///   - patience: how many seconds to wait for the others.
    /// - Throws: `HarnessError` (unwritable output).
    init(_ shard: Shard, folder: String, plan: String, patience: Double) throws(HarnessError) {
        self.shard = shard
        self.folder = try ReportFolder(taking: folder).path
        self.binary = OwnBinary.fingerprint
        self.rendezvous = Rendezvous(
            folder: folder, shard: shard, plan: plan, binary: self.binary, patience: patience)
    }

    /// The folder of this shard's own report.
    var reportFolder: String { "\(self.folder)/shard-\(self.shard.index)-of-\(self.shard.count)" }

    /// Writes the part of a run that is over.
    func write(_ run: FinishedRun, result: RunResult, profile: JSONValue) throws(HarnessError) {
        guard let facts = run.part else { return }
        try ShardPart(
            run, result: result, facts: facts, shard: self.shard, profile: profile, binary: self.binary
        ).write(to: self.folder)
    }
}

/// The file of this program.
enum OwnBinary {
    /// The same for the same bytes, so that shards see whether they are one program.
    static let fingerprint: String = {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped) else {
            return "unknown"
        }
        // FNV-1a over words of eight bytes, and over the bytes that are left.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        data.withUnsafeBytes { bytes in
            let words = bytes.count / 8
            for index in 0..<words {
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)) &* 0x0000_0100_0000_01B3
            }
            for byte in bytes[(words * 8)...] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }()
}
