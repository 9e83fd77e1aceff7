/// One client of the emulator.
final class BaasMember {
    /// A kind of event of one store.
    struct Subscription: Hashable {
        var event: [UInt8]
        var path: [UInt8]
    }

    let client: SocketIOClient
    /// The app that its host names; empty for the app of whoever names none.
    let app: [UInt8]
    var subscriptions: Set<Subscription> = []
    var rate = BaasRate()

    init(client: SocketIOClient, app: [UInt8]) {
        self.client = client
        self.app = app
    }
}
