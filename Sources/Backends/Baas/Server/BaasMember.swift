/// One client of the emulator.
final class BaasMember {
    /// A kind of event of one store.
    struct Subscription: Hashable {
        var event: [UInt8]
        var path: [UInt8]
    }

    let client: SocketIOClient
    var subscriptions: Set<Subscription> = []
    var rate = BaasRate()

    init(client: SocketIOClient) { self.client = client }
}
