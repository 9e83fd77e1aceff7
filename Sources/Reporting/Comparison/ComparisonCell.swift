/// One value of a comparison as text.
struct ComparisonCell: Sendable {
    let value: String
    let ratio: String?
    let isBest: Bool

    init(_ row: Comparison.Row, _ index: Int, of document: ReportDocument) {
        self.value = document.shortText(row.metric)
        let ratio = index == 0 ? nil : row.ratios[index]
        self.ratio = ratio.map { "\(NumberText.fixed($0, decimals: $0 < 10 ? 2 : 1))×" }
        self.isBest = row.best.contains(index)
    }
}
