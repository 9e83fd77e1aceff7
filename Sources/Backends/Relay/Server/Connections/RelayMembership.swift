/// A room that a client is in, or has asked to join.
struct RelayMembership {
    let name: [UInt8]
    /// How a message of that room begins, as our own clients write it.
    let prefix: [UInt8]
    /// Where the room lives.
    let home: RelayLoopReference
}
