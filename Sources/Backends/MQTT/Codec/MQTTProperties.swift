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

/// The properties of 5.0 (§2.2.2.2, table 2-4).
enum MQTTPropertyID: UInt8, CaseIterable, Sendable {
    case payloadFormatIndicator = 0x01
    case messageExpiryInterval = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case subscriptionIdentifier = 0x0B
    case sessionExpiryInterval = 0x11
    case assignedClientIdentifier = 0x12
    case serverKeepAlive = 0x13
    case authenticationMethod = 0x15
    case authenticationData = 0x16
    case requestProblemInformation = 0x17
    case willDelayInterval = 0x18
    case requestResponseInformation = 0x19
    case responseInformation = 0x1A
    case serverReference = 0x1C
    case reasonString = 0x1F
    case receiveMaximum = 0x21
    case topicAliasMaximum = 0x22
    case topicAlias = 0x23
    case maximumQoS = 0x24
    case retainAvailable = 0x25
    case userProperty = 0x26
    case maximumPacketSize = 0x27
    case wildcardSubscriptionAvailable = 0x28
    case subscriptionIdentifierAvailable = 0x29
    case sharedSubscriptionAvailable = 0x2A

    /// The types of value that there are (§1.5).
    enum Kind: UInt8, Sendable {
        case byte
        case short
        case word
        case varint
        case text
        case binary
        /// Two strings.
        case pair
    }

    var kind: Kind {
        switch self {
        case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
            .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
            .sharedSubscriptionAvailable:
            .byte
        case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: .short
        case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize: .word
        case .subscriptionIdentifier: .varint
        case .contentType, .responseTopic, .assignedClientIdentifier, .authenticationMethod, .responseInformation,
            .serverReference, .reasonString:
            .text
        case .correlationData, .authenticationData: .binary
        case .userProperty: .pair
        }
    }

    /// The numbers it may have; nil when it is no number or every number will do.
    ///
    /// Any other is a protocol error by the section of the property.
    var numbers: ClosedRange<Int>? {
        switch self {
        case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
            .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
            .sharedSubscriptionAvailable:
            0...1
        case .receiveMaximum, .maximumPacketSize, .subscriptionIdentifier: 1...Int(UInt32.max)
        case .topicAlias, .serverKeepAlive, .topicAliasMaximum, .messageExpiryInterval, .sessionExpiryInterval,
            .willDelayInterval, .contentType, .responseTopic, .assignedClientIdentifier, .authenticationMethod,
            .responseInformation, .serverReference, .reasonString, .correlationData, .authenticationData,
            .userProperty:
            nil
        }
    }

    /// Where it may stand (table 2-4).
    func isAllowed(in place: MQTTPropertyPlace) -> Bool {
        switch self {
        case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData:
            place == .publish || place == .will
        case .subscriptionIdentifier: place == .publish || place == .subscribe
        case .sessionExpiryInterval: place == .connect || place == .connack || place == .disconnect
        case .assignedClientIdentifier, .serverKeepAlive, .responseInformation, .maximumQoS, .retainAvailable,
            .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
            place == .connack
        case .authenticationMethod, .authenticationData: place == .connect || place == .connack || place == .auth
        case .requestProblemInformation, .requestResponseInformation: place == .connect
        case .willDelayInterval: place == .will
        case .serverReference: place == .connack || place == .disconnect
        case .reasonString:
            switch place {
            case .connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .disconnect, .auth: true
            case .connect, .will, .publish, .subscribe, .unsubscribe: false
            }
        case .receiveMaximum, .topicAliasMaximum, .maximumPacketSize: place == .connect || place == .connack
        case .topicAlias: place == .publish
        case .userProperty: true
        }
    }

    /// Whether it may stand there more than once.
    func mayRepeat(in place: MQTTPropertyPlace) -> Bool {
        self == .userProperty || self == .subscriptionIdentifier && place == .publish
    }
}

/// What properties belong to: a packet, or the will inside CONNECT.
enum MQTTPropertyPlace: UInt8, CaseIterable, Sendable {
    case connect
    case will
    case connack
    case publish
    case puback
    case pubrec
    case pubrel
    case pubcomp
    case subscribe
    case suback
    case unsubscribe
    case unsuback
    case disconnect
    case auth
}

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
