import Glibc
import NIOCore
import Signaling

/// The Milkcocoa emulator: data stores, their events and accounts, in the wire protocol of the seed's era (W1).
///
/// What is pushed to a store goes to everybody who listens there, the sender included, in one order. The DocC article
/// "BaaS emulator" specifies it and tells what is known of the original.
final class BaasEmulator: EngineIOApplication {
    let hub: EngineIOHub
    private let namespace: SocketIONamespace
    private let log: BaasLog?
    var tables: [[UInt8]: BaasTable] = [:]
    var storedData = 0
    var ids: BaasIDs
    /// By app.
    var accounts: [[UInt8]: BaasAccounts] = [:]
    private var members: [ObjectIdentifier: BaasMember] = [:]
    private var listeners: [BaasMember.Subscription: [BaasMember]] = [:]
    /// With a log, requests wait for the end of their tick, when the disk has what they change.
    private var waiting: [(request: BaasRequest, member: BaasMember)] = []

    /// - Throws: ``ServerError`` when the log cannot be opened or is damaged.
    init(hub: EngineIOHub) throws(ServerError) {
        self.hub = hub
        self.ids = BaasIDs(seed: hub.options.seed)
        self.namespace = SocketIONamespace(hub: hub)
        var tables: [[UInt8]: BaasTable] = [:]
        if let folder = hub.options.dataFolder {
            self.log = try BaasLog(folder: folder) { change in
                switch change {
                case .put(let path, let id, let value): tables[path, default: BaasTable()].put(id, value)
                case .remove(let path, let id): _ = tables[path]?.remove(id)
                }
            }
        } else {
            self.log = nil
        }
        self.tables = tables
        self.storedData = tables.values.reduce(0) { $0 + $1.count }
        if let log, log.dropped > 0 {
            hub.notices.append(
                "'\(log.name)' ended with \(log.dropped) bytes of a change that was never acknowledged; they were dropped"
            )
        }
        for (name, secret) in hub.options.accounts.sorted(by: { $0.key < $1.key }) {
            let id = self.ids.next(milliseconds: self.milliseconds)
            let made = self.accounts[[], default: BaasAccounts()].signUp(
                Array(name.utf8), Array(secret.utf8), option: Array("null".utf8), id: id)
            if case .failure = made {
                throw ServerError(
                    code: .account, message: "'\(name)' is no account: an address such as a@b, and a password")
            }
        }
    }

    /// Milliseconds since 1970; with a seed, the loop's clock beginning on 2016-01-01.
    var milliseconds: Int64 {
        if self.hub.options.seed != nil {
            return 1_451_606_400_000 + Int64(self.hub.loop.now.uptimeNanoseconds / 1_000_000)
        }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: Sessions

    func opened(_ session: EngineIOSession) {
        if let client = self.namespace.opened(session) { self.welcome(client) }
    }

    private func welcome(_ client: SocketIOClient) {
        self.members[ObjectIdentifier(client)] = BaasMember(
            client: client, app: Self.app(of: client.session.request))
        client.session.send(EngineIOMessage(Array(#"2["init",{"ts":\#(self.milliseconds)}]"#.utf8)))
    }

    func closed(_ session: EngineIOSession) {
        guard let client = self.namespace.closed(session),
            let member = self.members.removeValue(forKey: ObjectIdentifier(client))
        else { return }
        for subscription in member.subscriptions { self.stop(member, subscription) }
    }

    func received(_ text: ByteBuffer, from session: EngineIOSession) {
        self.namespace.received(text, from: session) { client in
            self.welcome(client)
        } call: { call in
            guard let member = self.members[ObjectIdentifier(call.client)] else { return }
            guard let argument = call.event.arguments.first, argument.kind == .object,
                var request = BaasRequest(call.event.name, Array(call.text[argument.range]))
            else {
                self.hub.counters.refusals += 1
                return
            }
            request.path = BaasPath.placed(request.path, in: member.app)
            if self.log == nil {
                self.perform(request, of: member, refusal: self.objection(to: request, of: member))
            } else {
                self.waiting.append((request, member))
                self.hub.openTick()
            }
        }
    }

    /// Writes what the tick's requests change, waits for the disk, and then performs them.
    ///
    /// Requests that change the same datum are never in one batch, because what the second writes rests on the first.
    func tickEnded() {
        guard let log, !self.waiting.isEmpty else { return }
        let waiting = self.waiting
        self.waiting = []
        var batch: [(request: BaasRequest, member: BaasMember, refusal: String?)] = []
        var changed: Set<BaasLog.Key> = []
        var added = 0
        func finish() {
            let isSafe = log.commit()
            for (request, member, refusal) in batch {
                let isLost = !isSafe && self.change(request) != nil
                self.perform(request, of: member, refusal: refusal ?? (isLost ? "not stored" : nil))
            }
            batch = []
            changed = []
            added = 0
        }
        for (asked, member) in waiting {
            var request = asked
            self.complete(&request)
            if let key = self.change(request)?.key, changed.contains(key) {
                finish()
                self.complete(&request)
            }
            // What is refused must not be in the log, or it would be there after a restart.
            let refusal = self.objection(to: request, of: member, added: added)
            if refusal == nil, let change = self.change(request) {
                changed.insert(change.key)
                if self.adds(change) { added += 1 }
                log.append(change)
            }
            batch.append((request, member, refusal))
        }
        finish()
    }

    /// Judges a request before anything is done; it counts to its member's rate.
    ///
    /// - Parameters:
    ///   - request: the request, a push with its id.
    ///   - member: whose it is.
    ///   - added: data that requests before it add, which are not applied yet.
    /// - Returns: why it is refused; nil when it is not.
    private func objection(to request: BaasRequest, of member: BaasMember, added: Int = 0) -> String? {
        if request.isMisplaced { return "format" }
        guard self.hub.options.hasFreeLimits, let rate = request.rate else { return nil }
        guard member.rate.allows(rate, at: self.hub.loop.now) else { return "limit exceeded" }
        let isNew = request.verb == .push || self.change(request).map(self.adds) ?? false
        return isNew && self.storedData + added >= BaasRate.storedData ? "stored data exceeded" : nil
    }

    /// Whether there is one datum more after a change.
    private func adds(_ change: BaasLog.Change) -> Bool {
        guard case .put(let path, let id, _) = change else { return false }
        return self.tables[path]?[id] == nil
    }

    /// Gives a push its id.
    private func complete(_ request: inout BaasRequest) {
        guard request.verb == .push else { return }
        if let id = request.id, !id.isEmpty, id.count <= 64, self.tables[request.path]?[id] == nil { return }
        request.id = self.ids.next(milliseconds: self.milliseconds)
    }

    /// What a request changes in the stored data; nil for nothing.
    private func change(_ request: BaasRequest) -> BaasLog.Change? {
        switch request.verb {
        case .push:
            guard let id = request.id, let value = request.value else { return nil }
            return .put(path: request.path, id: id, value: value)
        case .set:
            let (store, id) = BaasPath.parted(request.path)
            guard let value = request.value, !id.isEmpty else { return nil }
            let merged = self.tables[store]?[id].map { BaasJSON.merged(value, over: $0) } ?? value
            return .put(path: store, id: id, value: merged)
        case .unset:
            let (store, id) = BaasPath.parted(request.path)
            return .remove(path: store, id: id)
        case .on, .off, .send, .get, .findMany, .signUp, .currentUser: return nil
        }
    }

    // MARK: Requests

    /// Performs a request and answers it.
    ///
    /// - Parameters:
    ///   - asked: the request.
    ///   - member: whose it is.
    ///   - refusal: why it is not to be performed; nil when it is.
    private func perform(_ asked: BaasRequest, of member: BaasMember, refusal: String?) {
        var request = asked
        if let refusal { return self.refuse(request, member, refusal) }
        switch request.verb {
        case .on, .off: self.listen(request, member)
        case .push, .set, .unset:
            if self.log == nil { self.complete(&request) }
            guard let change = self.change(request) else { return self.refuse(request, member, "format") }
            self.apply(change)
            self.tell(request, change, member)
        case .send:
            guard let value = request.value else { return self.refuse(request, member, "format") }
            self.spread("e", event: "send", path: request.path, id: nil, value: value)
            self.answer(request, member, BaasText.done(path: request.path, id: nil, value: value))
        case .get:
            let (store, id) = BaasPath.parted(request.path)
            let found = self.tables[store]?[id].map { BaasJSON.document(id, $0) }
            self.answer(request, member, found ?? Array("null".utf8))
        case .findMany:
            let query = BaasQuery(query: request.query, option: request.option)
            self.answer(request, member, query.run(self.tables[request.path]))
        case .signUp:
            let id = self.ids.next(milliseconds: self.milliseconds)
            let option = request.option.isEmpty ? Array("null".utf8) : request.option
            switch self.accounts[member.app, default: BaasAccounts()].signUp(
                request.email, request.secret, option: option, id: id)
            {
            case .success(let user):
                self.answer(request, member, Array(#"{"err":null,"user":"#.utf8) + user.json + Array("}".utf8))
            case .failure(let failure):
                self.answer(request, member, Array(#"{"err":\#(failure.rawValue),"user":null}"#.utf8))
            }
        case .currentUser:
            let user = self.accounts[member.app]?.user(member.client.session.request.cookie(BaasAccounts.cookie))
            self.answer(
                request, member,
                Array(#"{"err":null,"user":"#.utf8) + (user?.json ?? Array("null".utf8)) + Array("}".utf8))
        }
    }

    private func apply(_ change: BaasLog.Change) {
        switch change {
        case .put(let path, let id, let value):
            if self.tables[path]?[id] == nil { self.storedData += 1 }
            self.tables[path, default: BaasTable()].put(id, value)
        case .remove(let path, let id):
            if self.tables[path]?.remove(id) == true { self.storedData -= 1 }
        }
    }

    /// Tells everybody who listens, and answers.
    private func tell(_ request: BaasRequest, _ change: BaasLog.Change, _ member: BaasMember) {
        switch change {
        case .put(let path, let id, let value):
            let isPush = request.verb == .push
            self.spread(isPush ? "b" : "c", event: isPush ? "push" : "set", path: path, id: id, value: value)
            self.answer(request, member, BaasText.done(path: path, id: id, value: value))
        case .remove(let path, let id):
            self.spread("d", event: "remove", path: path, id: id, value: nil)
            self.answer(request, member, BaasText.done(path: path, id: id, value: nil))
        }
    }

    private func refuse(_ request: BaasRequest, _ member: BaasMember, _ why: String) {
        self.hub.counters.refusals += 1
        self.answer(request, member, BaasText.failed(why))
    }

    private func answer(_ request: BaasRequest, _ member: BaasMember, _ docs: [UInt8]) {
        guard let callback = request.callback else { return }
        member.client.session.send(EngineIOMessage(BaasText.answer(callback, docs)))
    }

    // MARK: Events

    /// Events that one connection may listen to.
    static let maxSubscriptions = 1_000

    private func listen(_ request: BaasRequest, _ member: BaasMember) {
        guard BaasText.letter(request.event) != nil else { return self.refuse(request, member, "format") }
        let subscription = BaasMember.Subscription(event: request.event, path: request.path)
        if request.verb == .off {
            if member.subscriptions.remove(subscription) != nil { self.stop(member, subscription) }
        } else if !member.subscriptions.contains(subscription) {
            guard member.subscriptions.count < Self.maxSubscriptions else {
                return self.refuse(request, member, "too many subscriptions")
            }
            member.subscriptions.insert(subscription)
            self.listeners[subscription, default: []].append(member)
            self.hub.counters.rooms = self.listeners.count
        }
        self.answer(request, member, BaasText.done(path: request.path, id: nil, value: nil))
    }

    private func stop(_ member: BaasMember, _ subscription: BaasMember.Subscription) {
        self.listeners[subscription]?.removeAll { $0 === member }
        if self.listeners[subscription]?.isEmpty == true { self.listeners[subscription] = nil }
        self.hub.counters.rooms = self.listeners.count
    }

    /// Sends one event, encoded once, to everybody who listens to it.
    private func spread(_ letter: Character, event: String, path: [UInt8], id: [UInt8]?, value: [UInt8]?) {
        self.hub.counters.messages += 1
        let subscription = BaasMember.Subscription(event: Array(event.utf8), path: path)
        guard let audience = self.listeners[subscription], !audience.isEmpty else { return }
        var text = BaasText.head(letter, path: path)
        if let id { text += Array(#""id":"#.utf8) + JSONText.quoted(id) }
        if let value { text += Array((id == nil ? #""value":"# : #","value":"#).utf8) + value }
        let message = EngineIOMessage(text + Array("}]".utf8))
        self.hub.counters.framesEncoded += 1
        for member in audience where member.client.session.send(message) { self.hub.counters.deliveries += 1 }
    }
}
