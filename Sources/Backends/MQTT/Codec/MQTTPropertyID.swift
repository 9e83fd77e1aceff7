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
