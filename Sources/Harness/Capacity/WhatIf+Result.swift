import Backends
import Foundation
import Measure
package import Reporting
package import Signaling
package import Workload

extension WhatIf {
    /// What a result says of its load, and how its backend delivers.
    package struct Basis: Equatable, Sendable {
        package var load: Load
        /// The backend and the profile.
        package var name: String
        package var design: RoomDesign

        /// Takes the load of a run: counts from its profile, sizes and CPU as measured.
        ///
        /// - Parameters:
        ///   - document: the run.
        ///   - file: where it was read, for the message.
        /// - Throws: `HarnessError` (bad result) when its profile cannot be read.
        package init(_ document: ReportDocument, file: String) throws(HarnessError) {
            let profile: Profile
            do {
                let json = try ReportCoding.encoder().encode(document.profile)
                profile = try ProfileReader.read(text: String(decoding: json, as: UTF8.self), file: file)
            } catch {
                throw HarnessError(
                    .badResult, "\(file): its profile cannot be read: \(error)",
                    cure: "give a report.json that this version of signalbench wrote", cause: error)
            }
            let metrics = document.result.metrics
            var load = Load()
            load.agents = profile.agents
            load.roomSize = Self.roomSize(profile)
            load.joinRate = profile.arrival.pattern == .burst ? nil : profile.arrival.rate.perSecond
            let isTrickling = profile.signaling.ice == .trickle
            load.offererCandidates = isTrickling ? profile.signaling.candidates.offerer : 0
            load.answererCandidates = isTrickling ? profile.signaling.candidates.answerer : 0
            load.callsOnJoin = profile.calls.when == .join
            load.settle = max(profile.signaling.timeout.seconds, 0.001)
            if let sent = metrics["bytes.sent"], let count = metrics["messages.sent"], count > 0 {
                load.messageBytes = sent / count
                if let wire = metrics["wire.bytes.received"], let bytes = metrics["bytes.delivered"],
                    let deliveries = metrics["deliveries.total"], deliveries > 0, wire > bytes
                {
                    load.overheadBytes = (wire - bytes) / deliveries
                }
            }
            load.deliveriesPerCPUSecond = metrics["backend.deliveriesPerCpuSecond"].flatMap { $0 > 0 ? $0 : nil }
            self.load = load
            let backend = document.result.backend
            self.name = "\(backend.id), \(profile.name)"
            let echoes = backend.declared["selfEcho"] == "true"
            switch backend.declared["directed"] {
            case Capabilities.Directed.routed.rawValue: self.design = .routed
            case .some(let text) where text.hasPrefix("routed"): self.design = echoes ? .inbox : .routed
            default: self.design = echoes ? .broadcastEcho : .broadcast
            }
        }

        /// The size that most agents of rooms of several sizes are in.
        private static func roomSize(_ profile: Profile) -> Int {
            switch profile.rooms.layout {
            case .size(let size): return size
            case .count(let count): return max(1, (profile.agents + count - 1) / count)
            case .sizes(let shares):
                let most = shares.max {
                    Double($0.size) * $0.share.value < Double($1.size) * $1.share.value
                }
                return most?.size ?? 1
            }
        }
    }
}

/// Reads the prices that a user brings.
package enum PriceFile {
    /// Reads a price list.
    ///
    /// - Parameter path: the file.
    /// - Returns: the list.
    /// - Throws: `HarnessError` (unreadable file, bad profile).
    package static func read(_ path: String) throws(HarnessError) -> PriceList {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw HarnessError(.unreadableFile, "cannot read '\(path)'", cure: "give the path of a price list")
        }
        do {
            return try PriceList(json: data, file: path)
        } catch {
            throw HarnessError(
                .badProfile, error.message, cure: "the form is that of 'signalbench whatif --list-prices'",
                cause: error)
        }
    }
}

/// Writes a page that stands alone.
package enum PageFile {
    /// Writes it, whole or not at all.
    ///
    /// - Parameters:
    ///   - page: its text.
    ///   - path: where to.
    /// - Throws: `HarnessError` (unwritable output).
    package static func write(_ page: String, to path: String) throws(HarnessError) {
        do {
            try Data(page.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw HarnessError(
                .unwritableOutput, "cannot write '\(path)': \(error.localizedDescription)",
                cure: "give a path in a folder that exists and can be written", cause: error)
        }
    }
}
