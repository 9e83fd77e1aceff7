/// A find-many of W1: equality conditions, an order, and a window.
struct BaasQuery: Equatable {
    /// Member and value that a datum has to have.
    struct Condition: Equatable {
        var key: [UInt8]
        var value: [UInt8]
    }

    var conditions: [Condition] = []
    /// The member to sort by; empty for the order of pushes.
    var sortKey: [UInt8] = []
    var isDescending = false
    var skip = 0
    var limit = Int.max

    private static let natural = Array("$natural".utf8)

    /// Reads `query` and `option` of an `fm`; what is missing or makes no sense asks for nothing.
    init(query: [UInt8], option: [UInt8]) {
        self.conditions = (BaasJSON.members(query) ?? []).map { Condition(key: $0.key, value: $0.value) }
        for member in BaasJSON.members(option) ?? [] {
            let number = Double(String(decoding: member.value, as: UTF8.self)).map { Int(max(0, min($0, 1e9))) }
            switch String(decoding: member.key, as: UTF8.self) {
            case "limit": self.limit = number ?? self.limit
            case "skip": self.skip = number ?? self.skip
            case "sort", "desc":
                guard let key = BaasJSON.content(member.value) else { continue }
                self.isDescending = member.key == Array("desc".utf8)
                self.sortKey = key == Self.natural ? [] : key
            default: break
            }
        }
    }

    /// The documents that it finds, as one JSON array.
    func run(_ table: BaasTable?) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "[")]
        var skipped = 0
        var found = 0
        /// - Returns: whether more is wanted.
        func take(_ row: BaasTable.Row) -> Bool {
            guard found < self.limit else { return false }
            guard skipped >= self.skip else {
                skipped += 1
                return true
            }
            if found > 0 { out.append(UInt8(ascii: ",")) }
            out += BaasJSON.document(row.id, row.value)
            found += 1
            return found < self.limit
        }
        if self.sortKey.isEmpty {
            // A window of a store in its own order costs what it holds, however much the store holds.
            table?.forEach(newestFirst: self.isDescending) { row in self.matches(row) ? take(row) : true }
        } else {
            var rows: [BaasTable.Row] = []
            table?.forEach { row in
                if self.matches(row) { rows.append(row) }
                return true
            }
            rows = Self.sorted(rows, by: self.sortKey)
            if self.isDescending { rows.reverse() }
            for row in rows { guard take(row) else { break } }
        }
        return out + [UInt8(ascii: "]")]
    }

    private func matches(_ row: BaasTable.Row) -> Bool {
        guard !self.conditions.isEmpty else { return true }
        let members = BaasJSON.members(row.value) ?? []
        return self.conditions.allSatisfy { condition in
            if condition.key == Array("id".utf8) { return BaasJSON.content(condition.value) == row.id }
            return members.contains { $0.key == condition.key && BaasJSON.isEqual($0.value, condition.value) }
        }
    }

    /// Sorted by a member: data without it first, then numbers, then everything else by text; stable.
    private static func sorted(_ rows: [BaasTable.Row], by key: [UInt8]) -> [BaasTable.Row] {
        let keyed = rows.enumerated().map { index, row -> (Int, Double, [UInt8], Int, BaasTable.Row) in
            guard let value = BaasJSON.members(row.value)?.first(where: { $0.key == key })?.value else {
                return (0, 0, [], index, row)
            }
            if let number = Double(String(decoding: value, as: UTF8.self)), !number.isNaN {
                return (1, number, [], index, row)
            }
            return (2, 0, BaasJSON.content(value) ?? value, index, row)
        }
        return keyed.sorted { a, b in
            if a.0 != b.0 { return a.0 < b.0 }
            if a.1 != b.1 { return a.1 < b.1 }
            if a.2 != b.2 { return a.2.lexicographicallyPrecedes(b.2) }
            return a.3 < b.3
        }.map(\.4)
    }
}

/// Paths of data stores, as Milkcocoa's SDK normalised them: empty segments are dropped, so `/a//b/` is `a/b`.
enum BaasPath {
    /// The greatest path taken, in bytes.
    static let maxBytes = 4_096

    /// The path in its one form.
    ///
    /// - Returns: nil when it is too long.
    static func normalised(_ path: [UInt8]) -> [UInt8]? {
        guard path.count <= self.maxBytes else { return nil }
        return Array(path.split(separator: UInt8(ascii: "/")).joined(separator: [UInt8(ascii: "/")]))
    }

    /// The place of a path within the data of all apps.
    ///
    /// - Parameters:
    ///   - path: normalised, and without a zero byte at its front.
    ///   - app: empty for the app of whoever names none.
    /// - Returns: a path of its own for each app.
    static func placed(_ path: [UInt8], in app: [UInt8]) -> [UInt8] {
        guard !app.isEmpty else { return path }
        return [0] + app + (path.isEmpty ? [] : [UInt8(ascii: "/")] + path)
    }

    /// The path as its app knows it.
    static func ofApp(_ place: [UInt8]) -> [UInt8] {
        guard place.first == 0 else { return place }
        return place.firstIndex(of: UInt8(ascii: "/")).map { Array(place[($0 + 1)...]) } ?? []
    }

    /// Parts the path of a datum into that of its store and its id.
    static func parted(_ path: [UInt8]) -> (store: [UInt8], id: [UInt8]) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }

    /// The store of a room: `signaling/<room>`, as in the seed.
    ///
    /// A room's name is one segment: `/` and `%` in it are written `%2F` and `%25`, and a name that would be no segment at
    /// all becomes `%`, so that no two rooms share a store. Any other name stands as it is.
    static func ofRoom(_ room: [UInt8]) -> [UInt8] {
        var path = Array("signaling/".utf8)
        for byte in room {
            switch byte {
            case UInt8(ascii: "/"): path += Array("%2F".utf8)
            case UInt8(ascii: "%"): path += Array("%25".utf8)
            default: path.append(byte)
            }
        }
        if room.isEmpty { path.append(UInt8(ascii: "%")) }
        return path
    }
}

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

    /// Visits the data, oldest first or newest first, until the visitor has seen enough.
    ///
    /// - Parameters:
    ///   - newestFirst: in which order.
    ///   - visit: whether it wants more.
    func forEach(newestFirst: Bool = false, _ visit: (Row) -> Bool) {
        if newestFirst {
            for row in self.rows.reversed() { if let row, !visit(row) { return } }
        } else {
            for row in self.rows { if let row, !visit(row) { return } }
        }
    }

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
