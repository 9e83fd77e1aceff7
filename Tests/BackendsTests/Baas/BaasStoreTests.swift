import Foundation
import Testing

@testable import Backends

/// Paths, ids, queries and the log of the emulator.
struct BaasStoreTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: [
        ("a/b", "a/b"), ("/a//b/", "a/b"), ("", ""), ("///", ""), ("a", "a"), ("..", ".."), ("日本/語", "日本/語"),
    ])
    func `a path has one form`(path: String, normal: String) {
        #expect(BaasPath.normalised(Self.bytes(path)) == Self.bytes(normal))
    }

    @Test func `no two rooms share a store`() {
        let names = ["a/b", "a//b", "/a/b", "a", "", "%", "%2F", "/", "//", "..", ".", "a b", "会議室", "_defaultroom"]
        let paths = names.map { BaasPath.ofRoom(Self.bytes($0)) }
        #expect(Set(paths.map { BaasPath.normalised($0) ?? [] }).count == names.count)
        #expect(BaasPath.ofRoom(Self.bytes("_defaultroom")) == Self.bytes("signaling/_defaultroom"))
    }

    @Test func `ids sort by time, and then by their order`() {
        var ids = BaasIDs()
        let made = [10, 10, 11, 1_700_000_000_000, 1_700_000_000_000].map { ids.next(milliseconds: $0) }
        #expect(made.allSatisfy { $0.count == BaasIDs.length })
        #expect(
            made.map { String(decoding: $0, as: UTF8.self) }.sorted()
                == made.map { String(decoding: $0, as: UTF8.self) })
    }

    @Test(arguments: [
        (#"{}"#, #"{}"#, "123456"), (#"{"k":"x"}"#, #"{}"#, "135"), (#"{"k":"x","n":3.0}"#, #"{}"#, "3"),
        (#"{"k":"\u0078"}"#, #"{"limit":1}"#, "1"), (#"{}"#, #"{"skip":2,"limit":2}"#, "34"),
        (#"{}"#, #"{"desc":"$natural","limit":2}"#, "65"), (#"{}"#, #"{"sort":"n"}"#, "216543"),
        (#"{}"#, #"{"desc":"n"}"#, "345612"), (#"{"id":"id4"}"#, #"{}"#, "4"), (#"{"none":1}"#, #"{}"#, ""),
        (#"7"#, #"[]"#, "123456"), (#"{}"#, #"{"limit":-1}"#, ""), (#"{}"#, #"{"limit":"x"}"#, "123456"),
    ])
    func `a query finds what it asks for`(query: String, option: String, found: String) throws {
        var table = BaasTable()
        let values = [
            #"{"k":"x","n":2,"d":"1"}"#, #"{"k":"y","n":1,"d":"2"}"#, #"{"k":"x","n":3,"d":"3","z":1}"#,
            #"{"k":"y","n":"b","d":"4"}"#, #"{"k":"x","n":"a","d":"5"}"#, #"{"k":"y","d":"6"}"#,
        ]
        for (index, value) in values.enumerated() { table.put(Self.bytes("id\(index + 1)"), Self.bytes(value)) }
        let result = BaasQuery(query: Self.bytes(query), option: Self.bytes(option)).run(table)
        let documents = try #require(try JSONSerialization.jsonObject(with: Data(result)) as? [[String: Any]])
        let digits = documents.compactMap { $0["d"] as? String }.joined()
        // Sorting by `n` puts 6, which has none, first, and texts behind numbers.
        let expected = option.contains(#""n""#) ? (option.contains("desc") ? "453126" : "621354") : found
        #expect(digits == expected)
    }

    @Test func `a table forgets what was removed and keeps its order`() {
        var table = BaasTable()
        for n in 0..<300 { table.put(Self.bytes("\(n)"), Self.bytes("{}")) }
        for n in 0..<299 where n % 3 != 0 {
            let wasThere = table.remove(Self.bytes("\(n)"))
            #expect(wasThere)
        }
        let wasThere = table.remove(Self.bytes("1"))
        #expect(!wasThere)
        let kept = (0..<300).filter { $0 % 3 == 0 || $0 == 299 }
        #expect(table.count == kept.count)
        var ids: [[UInt8]] = []
        table.forEach { row in
            ids.append(row.id)
            return true
        }
        #expect(ids == kept.map { Self.bytes("\($0)") })
        var newest: [[UInt8]] = []
        table.forEach(newestFirst: true) { row in
            newest.append(row.id)
            return newest.count < 3
        }
        #expect(newest == Array(ids.reversed().prefix(3)))
    }

    // MARK: The log

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/baas-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private static let changes: [BaasLog.Change] = (0..<20).map { n in
        n % 5 == 4
            ? .remove(path: Self.bytes("p"), id: Self.bytes("\(n - 1)"))
            : .put(path: Self.bytes("p"), id: Self.bytes("\(n)"), value: Self.bytes(#"{"n":\#(n)}"#))
    }

    private func replayed(_ folder: String) throws -> [BaasLog.Change] {
        var found: [BaasLog.Change] = []
        _ = try BaasLog(folder: folder) { found.append($0) }
        return found
    }

    @Test func `what was committed is replayed, whatever the file's end looks like`() throws {
        try self.inFolder { folder in
            do {
                let log = try BaasLog(folder: folder) { _ in }
                for change in Self.changes { log.append(change) }
                #expect(log.commit())
                #expect(throws: ServerError.self) { _ = try BaasLog(folder: folder) { _ in } }
            }
            #expect(try self.replayed(folder) == Self.changes)
            let whole = try Data(contentsOf: URL(filePath: folder + "/baas.log"))
            for cut in stride(from: 0, to: whole.count, by: 3) {
                try whole.prefix(cut).write(to: URL(filePath: folder + "/baas.log"))
                let found = try self.replayed(folder)
                #expect(Self.changes.starts(with: found) && found.count < Self.changes.count)
            }
        }
    }

    @Test func `damage before the end is an error that names the place, whichever byte it hit`() throws {
        try self.inFolder { folder in
            var ends: [Int] = []
            do {
                let log = try BaasLog(folder: folder) { _ in }
                for change in Self.changes.prefix(3) {
                    log.append(change)
                    #expect(log.commit())
                    ends.append(try Data(contentsOf: URL(filePath: folder + "/baas.log")).count)
                }
            }
            let file = URL(filePath: folder + "/baas.log")
            let whole = try Data(contentsOf: file)
            for place in 0..<ends[1] {
                for bit in [UInt8(1), 0x80] {
                    var bytes = whole
                    bytes[place] ^= bit
                    try bytes.write(to: file)
                    let error = #expect(throws: ServerError.self) { _ = try BaasLog(folder: folder) { _ in } }
                    #expect(
                        error?.message.contains("is damaged at byte \(place < ends[0] ? 0 : ends[0])") == true,
                        "byte \(place)")
                }
            }
        }
    }

    @Test func `room that was made for a record and never filled is no damage`() throws {
        try self.inFolder { folder in
            do {
                let log = try BaasLog(folder: folder) { _ in }
                for change in Self.changes { log.append(change) }
                #expect(log.commit())
            }
            let file = URL(filePath: folder + "/baas.log")
            try (Data(contentsOf: file) + Data(repeating: 0, count: 500)).write(to: file)
            #expect(try self.replayed(folder) == Self.changes)
        }
    }

    @Test func `ids sort by their order even when the clock goes back or the counter wraps`() {
        var ids = BaasIDs()
        var last: [UInt8] = []
        for n in 0..<1_700_000 {
            let id = ids.next(milliseconds: n % 2 == 0 ? 1_700_000_000_000 : 1_600_000_000_000)
            // The last three digits are at random.
            if !id.dropLast(3).lexicographicallyPrecedes(last.dropLast(3)), id.count == BaasIDs.length {
                last = id
                continue
            }
            Issue.record("id \(n) sorts before the one before it")
            return
        }
    }
}
