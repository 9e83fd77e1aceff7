import NIOCore
import Signaling

/// What Milkcocoa's MQTT era put around a value: `{"params":…,"id":…,"ts":…,"r":…}` (`milkcocoa.md` §2.2).
struct MilkcocoaEnvelope {
    /// Where the value is, relative to the envelope; a JSON string has its quotes.
    var params: Range<Int>
    /// Whether the value is a string that holds the JSON, as SDKs of 2015 wrote it.
    var isString: Bool

    /// How many bytes ``tail(of:_:)`` has.
    static let tailLength = 44

    /// Reads one, whatever the order of its keys.
    ///
    /// - Throws: ``JSONError`` when it is no JSON object with `params`.
    init?(_ text: UnsafeRawBufferPointer) throws(JSONError) {
        var walker = JSONWalker(text)
        var found: JSONWalker.Value?
        try walker.enterObject()
        while let member = try walker.next() {
            if found == nil, text[member.key].elementsEqual("params".utf8) { found = member.value }
        }
        try walker.finish()
        guard let found else { return nil }
        self.params = found.range
        self.isString = found.isString
    }

    /// What follows the value when we write it: of one length, so that a receiver finds the value's end at once.
    ///
    /// - Parameters:
    ///   - member: whose message it is.
    ///   - request: its number.
    /// - Returns: ``tailLength`` bytes.
    static func tail(of member: [UInt8], _ request: UInt64) -> [UInt8] {
        let id = Self.digits(FNV1a.hash(member), 8) + Self.digits(request, 7)
        // Request numbers go round from 10,000 to 12,287: five digits, within the SDK's 2 to 12,287.
        return Array(#","id":""#.utf8) + id + Array(#"","ts":null,"r":"#.utf8)
            + Array(String(10_000 + request % 2_288).utf8) + Array("}".utf8)
    }

    private static func digits(_ value: UInt64, _ count: Int) -> [UInt8] {
        let all = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        var rest = value
        var out: [UInt8] = []
        for _ in 0..<count {
            out.append(all[Int(rest % 36)])
            rest /= 36
        }
        return out.reversed()
    }
}
