import Foundation
import Reporting
package import Signaling

extension WhatIf {
    /// For people: the load, a table of designs, and what each service takes and allows.
    ///
    /// - Parameter designs: whose services are shown; of the others, only the load is.
    /// - Returns: lines without a final line break.
    package func text(servicesOf designs: Set<RoomDesign>) -> String {
        var lines = [self.header, ""]
        lines += Self.table(
            Self.heads, self.rows.map(Self.cells))
        for row in self.rows where designs.contains(row.design) && !row.offers.isEmpty {
            lines += ["", "Rooms of \(row.roomSize), \(row.design.rawValue):"]
            lines += Self.table(Self.serviceHeads, row.offers.map(Self.cells))
        }
        lines += [
            "", "Estimates by formula, prices as of \(self.pricesAsOf), * gathered by others: look them up before you",
            "quote them. Sources stand in --format json; --prices FILE replaces them.",
        ]
        return lines.joined(separator: "\n")
    }

    static let heads = [
        "room", "design", "messages/room", "deliveries/room", "useful", "deliveries/s", "on the wire", "cores",
    ]
    static let serviceHeads = ["service", "$/1,000 rooms", "$/30 days", "bites first"]

    /// What is assumed, in one line.
    var header: String {
        let load = self.load
        var parts = ["\(NumberText.fixed(Double(load.agents), decimals: 0)) agents"]
        parts.append(load.joinRate.map { "\(NumberText.significant($0)) joins/s" } ?? "no rate of joins")
        parts.append(
            (load.strategy.map {
                "all call at once: \($0.rawValue), " + ($0 == .perfect ? "at most" : "and no pair connects")
            }
                ?? (load.callsOnJoin ? "each calls as it joins" : "a room calls when all are there"))
                + (load.greets ? "" : ", without call and response"))
        parts.append("\(load.offererCandidates) + \(load.answererCandidates) candidates a pair")
        parts.append("\(NumberText.fixed(load.messageBytes, decimals: 0)) bytes a message")
        return (self.basis.map { "From \($0): " } ?? "") + parts.joined(separator: ", ")
    }

    static func cells(_ row: Row) -> [String] {
        [
            "\(row.roomSize)", row.design.rawValue, NumberText.fixed(Double(row.messages), decimals: 0),
            NumberText.fixed(Double(row.deliveries), decimals: 0),
            row.deliveries > 0
                ? NumberText.fixed(100 * Double(row.useful) / Double(row.deliveries), decimals: 0) + " %" : "-",
            row.deliveriesPerSecond.map(NumberText.significant) ?? "-",
            row.wireBytesPerSecond.map { NumberText.significant($0 / 1e6) + " MB/s" }
                ?? NumberText.significant(row.wireBytes / 1e6) + " MB/room",
            row.cores.map(NumberText.significant) ?? "-",
        ]
    }

    static func cells(_ offer: OfferCost) -> [String] {
        [
            offer.name + (offer.secondary ? " *" : ""),
            offer.dollarsPerRoom.map { NumberText.fixed($0 * 1_000, decimals: 2) } ?? "-",
            offer.dollarsPerMonth.map { NumberText.fixed($0, decimals: 0) } ?? "-",
            offer.limits.first.map(Self.bite) ?? "no limit on file",
        ]
    }

    private static func bite(_ use: LimitUse) -> String {
        let share = NumberText.fixed(use.share * 100, decimals: 0) + " %"
        let limit = "\(NumberText.significant(use.value)) \(use.name)"
        guard use.share > 1 else { return "nothing; \(share) of \(limit)" }
        let seconds = use.seconds.map { ", a room takes \(NumberText.significant($0)) s" } ?? ""
        return "\(limit): \(share)\(seconds)"
    }

    /// Columns side by side, the last one unpadded.
    private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }
    }
}
