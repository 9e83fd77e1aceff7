import NIOCore

/// The properties of a packet, in the order in which they stand (5.0 §2.2.2).
struct MQTTProperties: Equatable, Sendable {
    /// A property with its value.
    struct Item: Equatable, Sendable {
        var id: MQTTPropertyID
        var value: Value
    }

    enum Value: Equatable, Sendable {
        case number(UInt32)
        /// A string's UTF-8, or binary data.
        case bytes([UInt8])
        case pair([UInt8], [UInt8])
    }

    private(set) var items: [Item]

    static let none = MQTTProperties()

    init(_ items: [Item] = []) { self.items = items }

    /// Reads the length of the properties and then all of them.
    ///
    /// - Throws: ``MQTTError`` as ``MQTTPropertyWalk/next()``, and with 0x81 when they run past the end of the packet.
    init(from reader: inout MQTTReader, in place: MQTTPropertyPlace, _ bytes: ByteBuffer) throws(MQTTError) {
        let length = try reader.varint()
        self = try Self.read(MQTTReader(bytes, try reader.take(length)), in: place)
    }

    /// Reads properties whose length has been read.
    static func read(_ reader: MQTTReader, in place: MQTTPropertyPlace) throws(MQTTError) -> MQTTProperties {
        var walk = MQTTPropertyWalk(reader, in: place)
        var items: [Item] = []
        while let item = try walk.next() {
            let value: Value =
                switch item.id.kind {
                case .byte, .short, .word, .varint: .number(item.number)
                case .text, .binary: .bytes(reader.copy(item.bytes))
                case .pair: .pair(reader.copy(item.bytes), reader.copy(item.second))
                }
            items.append(Item(id: item.id, value: value))
        }
        return MQTTProperties(items)
    }

    var isEmpty: Bool { self.items.isEmpty }

    /// The value of a property that is a number.
    func number(_ id: MQTTPropertyID) -> UInt32? {
        for item in self.items where item.id == id {
            if case .number(let value) = item.value { return value }
        }
        return nil
    }

    /// The value of a property that is a string or binary data.
    func bytes(_ id: MQTTPropertyID) -> [UInt8]? {
        for item in self.items where item.id == id {
            if case .bytes(let value) = item.value { return value }
        }
        return nil
    }

    /// The value of a property that is a string.
    func text(_ id: MQTTPropertyID) -> String? { self.bytes(id).map { String(decoding: $0, as: UTF8.self) } }

    mutating func append(_ id: MQTTPropertyID, _ number: UInt32) {
        self.items.append(Item(id: id, value: .number(number)))
    }

    mutating func append(_ id: MQTTPropertyID, _ bytes: [UInt8]) {
        self.items.append(Item(id: id, value: .bytes(bytes)))
    }

    mutating func append(_ id: MQTTPropertyID, _ name: [UInt8], _ value: [UInt8]) {
        self.items.append(Item(id: id, value: .pair(name, value)))
    }

    /// Writes the length and the properties.
    func write(into out: inout ByteBuffer) {
        var body = ByteBuffer()
        for item in self.items {
            body.writeInteger(item.id.rawValue)
            switch item.value {
            case .number(let number):
                switch item.id.kind {
                case .byte: body.writeInteger(UInt8(truncatingIfNeeded: number))
                case .short: body.writeInteger(UInt16(truncatingIfNeeded: number))
                case .varint: body.writeMQTTVarint(Int(number))
                case .word, .text, .binary, .pair: body.writeInteger(number)
                }
            case .bytes(let bytes): body.writeMQTTBinary(bytes)
            case .pair(let name, let value):
                body.writeMQTTBinary(name)
                body.writeMQTTBinary(value)
            }
        }
        out.writeMQTTVarint(body.readableBytes)
        out.writeBuffer(&body)
    }
}
