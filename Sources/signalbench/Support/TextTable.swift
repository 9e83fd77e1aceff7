/// A table of left-aligned columns.
struct TextTable {
    private let rows: [[String]]

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - header: the titles, one for each column.
    ///   - rows: as many cells as there are titles.
    init(header: [String], rows: [[String]]) {
        self.rows = [header] + rows
    }

    /// The lines, the last column unpadded.
    var text: String {
        var widths: [Int] = []
        for row in self.rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return self.rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
