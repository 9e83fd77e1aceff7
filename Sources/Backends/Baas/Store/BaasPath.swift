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
