/// The data of one store, in the order in which they were pushed.
struct BaasTable {
    /// One datum; its value is JSON text.
    struct Row: Equatable {
        var id: [UInt8]
        var value: [UInt8]
    }

    /// nil where a datum was removed.
    private var rows: [Row?] = []
    private var places: [[UInt8]: Int] = [:]

    var count: Int { self.places.count }

    subscript(id: [UInt8]) -> [UInt8]? { self.places[id].flatMap { self.rows[$0]?.value } }

    /// All data, oldest first.
    var all: [Row] { self.rows.compactMap { $0 } }

    mutating func put(_ id: [UInt8], _ value: [UInt8]) {
        if let place = self.places[id] {
            self.rows[place]?.value = value
        } else {
            self.places[id] = self.rows.count
            self.rows.append(Row(id: id, value: value))
        }
    }

    /// - Returns: whether it was there.
    mutating func remove(_ id: [UInt8]) -> Bool {
        guard let place = self.places.removeValue(forKey: id) else { return false }
        self.rows[place] = nil
        if self.rows.count > 64, self.places.count < self.rows.count / 2 {
            self.rows = self.rows.filter { $0 != nil }
            self.places = [:]
            for (place, row) in self.rows.enumerated() { if let row { self.places[row.id] = place } }
        }
        return true
    }
}
