/// Walks over properties and checks each, without allocating.
struct MQTTPropertyWalk {
    /// One property, its value still in the buffer.
    struct Item {
        var id: MQTTPropertyID
        /// The value of a number, else 0.
        var number: UInt32 = 0
        /// Indices of a string or of binary data; of a pair's first string.
        var bytes: Range<Int> = 0..<0
        /// Indices of a pair's second string.
        var second: Range<Int> = 0..<0
    }

    private(set) var reader: MQTTReader
    private let place: MQTTPropertyPlace
    /// One bit for each property that has been seen.
    private var seen: UInt64 = 0

    /// A walk over exactly the properties, their length already read.
    init(_ reader: MQTTReader, in place: MQTTPropertyPlace) {
        self.reader = reader
        self.place = place
    }

    /// Takes the next property.
    ///
    /// - Returns: nil when there is none left.
    /// - Throws: ``MQTTError`` with 0x81 for an identifier that is unknown or does not belong here and for a value not of
    ///   its type (5.0 §2.2.2.2), with 0x82 for one that stands twice or has a value that its section forbids, with 0x94
    ///   for a topic alias of 0 ([MQTT-3.3.2-8]).
    mutating func next() throws(MQTTError) -> Item? {
        guard self.reader.remaining > 0 else { return nil }
        let raw = try self.reader.varint()
        guard let id = UInt8(exactly: raw).flatMap(MQTTPropertyID.init(rawValue:)) else {
            throw .malformed("the unknown property \(raw) (5.0 section 2.2.2.2)")
        }
        guard id.isAllowed(in: self.place) else {
            throw .malformed("the property \(id) where it does not belong (5.0 section 2.2.2.2)")
        }
        let bit: UInt64 = 1 << UInt64(id.rawValue)
        guard self.seen & bit == 0 || id.mayRepeat(in: self.place) else {
            throw .forbidden("the property \(id) twice (5.0 section \(Self.section(self.place)))")
        }
        self.seen |= bit
        var item = Item(id: id)
        switch id.kind {
        case .byte: item.number = UInt32(try self.reader.byte())
        case .short: item.number = UInt32(try self.reader.short())
        case .word: item.number = try self.reader.word()
        case .varint: item.number = UInt32(try self.reader.varint())
        case .text: item.bytes = id == .responseTopic ? try self.reader.topicName() : try self.reader.text()
        case .binary: item.bytes = try self.reader.binary()
        case .pair:
            item.bytes = try self.reader.text()
            item.second = try self.reader.text()
        }
        if let allowed = id.numbers, !allowed.contains(Int(item.number)) {
            throw .forbidden("the value \(item.number) of the property \(id)")
        }
        if id == .topicAlias, item.number == 0 {
            throw MQTTError(reason: .topicAliasInvalid, message: "a topic alias of 0 [MQTT-3.3.2-8]")
        }
        return item
    }

    /// The section that specifies a place's properties.
    private static func section(_ place: MQTTPropertyPlace) -> String {
        switch place {
        case .connect: "3.1.2.11"
        case .will: "3.1.3.2"
        case .connack: "3.2.2.3"
        case .publish: "3.3.2.3"
        case .puback: "3.4.2.2"
        case .pubrec: "3.5.2.2"
        case .pubrel: "3.6.2.2"
        case .pubcomp: "3.7.2.2"
        case .subscribe: "3.8.2.1"
        case .suback: "3.9.2.1"
        case .unsubscribe: "3.10.2.1"
        case .unsuback: "3.11.2.1"
        case .disconnect: "3.14.2.2"
        case .auth: "3.15.2.2"
        }
    }
}
