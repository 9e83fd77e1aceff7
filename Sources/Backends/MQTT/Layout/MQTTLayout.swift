/// How a room is laid out in topics; `MQTTLayouts` in the documentation has the whole of it.
enum MQTTLayout: String, CaseIterable, Sendable {
    /// Everything of a room by one topic, `sig/<room>`: the seed's way.
    case broadcast
    /// Room-wide messages by `sig/<room>/all`, directed ones by `sig/<room>/to/<member>`.
    case inbox
    /// `<app>/signaling/<room>/push`, in the JSON of Milkcocoa's MQTT era.
    case milkcocoa
}
