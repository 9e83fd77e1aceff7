import Backends
import Foundation
import Measure
import NIOCore
import Simulation
import Workload

/// The words of `--link`, `--service` and `--law` as the models that they stand for.
enum SimulationModel {
    /// Reads a link: `delay=20ms`, `delay=10ms..30ms`, `delay=exp:20ms`, `bandwidth=125000`, `split=2`, apart by commas.
    ///
    /// - Parameter text: what the user gave.
    /// - Returns: the link.
    /// - Throws: `HarnessError` (bad flag), naming the word.
    static func link(_ text: String) throws(HarnessError) -> LinkOptions {
        var options = LinkOptions()
        for (key, value) in try Self.pairs(text, flag: "--link", example: "--link delay=20ms,bandwidth=1000000") {
            switch key {
            case "delay": options.delay = try Self.delay(value)
            case "bandwidth": options.bandwidth = try Self.count(value, "--link bandwidth", in: 1...1_000_000_000_000)
            case "split": options.chunking = .split(try Self.count(value, "--link split", in: 1...64))
            default:
                throw HarnessError(
                    .badFlag, "--link does not know '\(key)'", cure: "its words are delay, bandwidth and split")
            }
        }
        return options
    }

    /// Reads a service law: `perMessage=20us,perDelivery=5us,cores=1`.
    ///
    /// - Parameter text: what the user gave.
    /// - Returns: the law.
    /// - Throws: `HarnessError` (bad flag), naming the word.
    static func service(_ text: String) throws(HarnessError) -> ServiceLaw {
        var law = ServiceLaw(perMessage: .zero, perDelivery: .zero)
        for (key, value) in try Self.pairs(
            text, flag: "--service", example: "--service perMessage=20us,perDelivery=5us,cores=1")
        {
            switch key {
            case "perMessage": law.perMessage = try Self.time(value, "--service perMessage")
            case "perDelivery": law.perDelivery = try Self.time(value, "--service perDelivery")
            case "cores": law.cores = try Self.count(value, "--service cores", in: 1...1_024)
            default:
                throw HarnessError(
                    .badFlag, "--service does not know '\(key)'",
                    cure: "its words are perMessage, perDelivery and cores")
            }
        }
        return law
    }

    /// Reads the cost of a publish, a + b·N, out of what a capacity search measured.
    ///
    /// A publish in a room of N costs its server a + b·N; with N − 1 deliveries of b each, the message itself takes a + b.
    ///
    /// - Parameters:
    ///   - path: a `capacity.json`, or the folder that has one.
    ///   - cores: of the server.
    /// - Returns: the law.
    /// - Throws: `HarnessError` (unreadable file) when there is no such law in it.
    static func law(_ path: String, cores: Int = 1) throws(HarnessError) -> ServiceLaw {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = exists && isFolder.boolValue ? path + "/capacity.json" : path
        guard let data = FileManager.default.contents(atPath: file) else {
            throw HarnessError(
                .unreadableFile, "--law: '\(file)' cannot be read", cure: "give the folder of a capacity search")
        }
        guard let cost = try? JSONDecoder().decode(Law.self, from: data).laws?.publish else {
            throw HarnessError(
                .unreadableFile, "--law: '\(file)' has no cost of a publish",
                cure: "search with --axis roomSize over three sizes or more, or give --service")
        }
        guard cost.fits != false else {
            throw HarnessError(
                .badResult, "--law: the cost of a publish in '\(file)' is no line over the room size",
                cure: "search again on a quieter machine, or give --service")
        }
        return ServiceLaw(
            cores: cores, perMessage: .nanoseconds(Int64((cost.a + cost.b) * 1_000)),
            perDelivery: .nanoseconds(Int64(cost.b * 1_000)))
    }

    /// The part of `capacity.json` that is read; microseconds.
    private struct Law: Decodable {
        struct Laws: Decodable { var publish: Publish? }
        struct Publish: Decodable {
            var a, b: Double
            var fits: Bool?
        }
        var laws: Laws?
    }

    /// The faults of a profile as the simulated network has them.
    ///
    /// - Parameter profile: the profile.
    /// - Returns: the faults in its order.
    /// - Throws: `HarnessError` (bad profile) for what it has not.
    static func faults(_ profile: Profile) throws(HarnessError) -> [SimulatedRun.PlannedFault] {
        var planned: [SimulatedRun.PlannedFault] = []
        for (index, fault) in profile.faults.enumerated() {
            let at = TimeAmount.nanoseconds(fault.at.nanoseconds)
            let span = TimeAmount.nanoseconds(fault.span.nanoseconds)
            switch fault.kind {
            case .cut where fault.share.value == 1: planned.append(.init(at: at, .link(.cut, all: true)))
            case .reset where fault.share.value == 1: planned.append(.init(at: at, .link(.reset, all: true)))
            case .stall where fault.share.value == 1:
                planned.append(.init(at: at, .link(.freeze([.toServer, .toClient], span), all: true)))
            case .refuse where fault.share.value == 1: planned.append(.init(at: at, .refuse(span)))
            // Agents do these to themselves, whatever carries them.
            case .vanish, .reconnectAll, .slowReader: break
            default:
                throw HarnessError(
                    .badProfile, "faults[\(index)]: the simulated network has no '\(fault.name)'",
                    cure: "it has cut, reset, stall and refuse of all of them; leave the others to 'signalbench run'")
            }
        }
        return planned
    }

    // MARK: - Words

    private static func pairs(
        _ text: String, flag: String, example: String
    ) throws(HarnessError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for word in text.split(separator: ",") {
            let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2 else {
                throw HarnessError(.badFlag, "\(flag): '\(word)' is not key=value", cure: "for example \(example)")
            }
            pairs.append((sides[0], sides[1]))
        }
        return pairs
    }

    private static func delay(_ text: String) throws(HarnessError) -> Delay {
        if text.hasPrefix("exp:") {
            return .exponential(try Self.time(String(text.dropFirst(4)), "--link delay"))
        }
        let ends = text.components(separatedBy: "..")
        guard ends.count == 2 else { return .fixed(try Self.time(text, "--link delay")) }
        let (least, most) = (try Self.time(ends[0], "--link delay"), try Self.time(ends[1], "--link delay"))
        guard least <= most else {
            throw HarnessError(
                .badFlag, "--link delay=\(text) ends before it begins", cure: "write the shorter time first")
        }
        return .uniform(least, most)
    }

    private static func time(_ text: String, _ flag: String) throws(HarnessError) -> TimeAmount {
        // Microseconds are of no use in a profile, and all that a server's work is made of.
        if text.hasSuffix("us"), let value = Double(text.dropLast(2)), (0...1e9).contains(value) {
            return .nanoseconds(Int64(value * 1_000))
        }
        guard let nanoseconds = OptionReader.nanoseconds(text), nanoseconds >= 0, nanoseconds <= 3_600_000_000_000
        else {
            throw HarnessError(.badFlag, "\(flag)=\(text) is not a time", cure: "for example \(flag)=20ms")
        }
        return .nanoseconds(nanoseconds)
    }

    private static func count(
        _ text: String, _ flag: String, in range: ClosedRange<Int>
    ) throws(HarnessError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw HarnessError(
                .badFlag, "\(flag)=\(text) is not a number from \(range.lowerBound) to \(range.upperBound)",
                cure: "for example \(flag)=\(range.lowerBound)")
        }
        return value
    }
}
