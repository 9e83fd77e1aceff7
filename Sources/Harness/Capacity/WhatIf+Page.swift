import Measure
import Reporting
package import Signaling

extension WhatIf {
    /// The reckoning as one HTML file.
    ///
    /// - Parameter designs: whose services are shown; of the others, only the load is.
    /// - Returns: the text of the page.
    /// - Throws: what encoding or the template throws.
    package func page(servicesOf designs: Set<RoomDesign>) throws -> String {
        var load = Markup()
        load.leaf("p", self.header)
        load.table(Self.heads, self.rows.map(Self.cells))
        var sections = [PlainPage.Section(id: "load", title: "Load of each design", body: load)]
        if let chart = self.chart {
            var box = Markup()
            box.element("div", ["class": "charts"]) { $0.append(chart) }
            sections.append(.init(id: "growth", title: "Growth with the room", body: box))
        }
        for row in self.rows where designs.contains(row.design) && !row.offers.isEmpty {
            var services = Markup()
            services.table(Self.serviceHeads + ["source"], row.offers.map { Self.cells($0) + [$0.source] })
            sections.append(
                .init(
                    id: "services-\(row.roomSize)-\(row.design.rawValue)",
                    title: "Services for rooms of \(row.roomSize), \(row.design.rawValue)", body: services))
        }
        var notes = Markup()
        notes.leaf(
            "p",
            "Estimates by formula, prices as of \(self.pricesAsOf), * gathered by others: look them up before you quote them."
        )
        sections.append(.init(id: "reading", title: "How to read this", body: notes))
        return try PlainPage(
            title: "What if", subtitle: self.header, tool: ToolVersion.text, file: "whatif.json", sections: sections,
            content: self
        ).render()
    }

    /// Deliveries for each member of a room over its size; nil with fewer than two sizes.
    private var chart: Markup? {
        let sizes = Set(self.rows.map(\.roomSize))
        guard sizes.count > 1 else { return nil }
        let styles: [ChartSeries.Style] = [.first, .second, .third, .fourth]
        // Of a shared topic, everybody hears everything, which would flatten all others.
        let designs = RoomDesign.allCases.filter { design in
            design != .sharedTopic && self.rows.contains { $0.design == design }
        }
        let lines = designs.prefix(styles.count).enumerated().map { index, design in
            ChartSeries(
                name: design.rawValue, style: styles[index],
                points: self.rows.filter { $0.design == design }.sorted { $0.roomSize < $1.roomSize }.map {
                    ChartPoint(x: Double($0.roomSize), y: Double($0.deliveries) / Double(max(1, $0.roomSize)))
                })
        }
        return DotChart(
            id: "chart-growth", title: "Deliveries for each member", axis: "deliveries to form the room, a member",
            horizontal: "members of a room", dots: [], lines: lines
        ).render()
    }
}
