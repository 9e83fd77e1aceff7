import NIOCore
package import Signaling

extension STOMPDialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch (command, self.state) {
        case (_, .closed), (.join, .connecting), (.leave, .connecting), (.send, .connecting), (.leave, .welcomed),
            (.send, .welcomed):
            return .refused
        case (.join(let name), _):
            self.unsubscribe(at: now, into: &out)
            self.room = Array(name.utf8)
            let destination = self.settings.destination(of: self.room)
            self.sendHead = Self.head(to: destination)
            var all = [destination]
            if self.settings.layout == .inbox {
                all.append(self.settings.destination(of: self.member, in: self.room))
            }
            for destination in all {
                self.number += 1
                self.subscriptions.append(Subscription(id: self.number, destination: destination))
                self.say(
                    Self.bytes("SUBSCRIBE\nid:\(self.number)\ndestination:") + destination
                        + Self.bytes("\nreceipt:j\(self.number)\n\n\0"), at: now, into: &out)
            }
            self.state = .joining(deadline: now + self.settings.patience, owed: all.count)
        case (.leave, _):
            self.unsubscribe(at: now, into: &out)
            self.state = .welcomed
        case (.send(let signal, let target, let id), _):
            // The broker works in order, so that a signal may follow the subscription at once.
            if case .peer(let peer) = target, self.settings.layout == .inbox {
                let destination = self.settings.destination(of: peer.bytes, in: self.room)
                self.send(signal, Self.head(to: destination), id, at: now, into: &out)
            } else {
                self.send(signal, self.sendHead, id, at: now, into: &out)
            }
        case (.close, _):
            // Its receipt does not come from every broker; the end of the connection does.
            self.say("DISCONNECT\n\n\0", at: now, into: &out)
        }
        return .written
    }

    private mutating func unsubscribe(at now: Instant, into out: inout Outbox) {
        for subscription in self.subscriptions {
            // coilmq wants the destination beside the id.
            self.say(
                Self.bytes("UNSUBSCRIBE\nid:\(subscription.id)\ndestination:") + subscription.destination
                    + Self.bytes("\n\n\0"), at: now, into: &out)
        }
        self.subscriptions = []
    }

    private mutating func send(
        _ signal: ByteBuffer, _ head: [UInt8], _ id: UInt64, at now: Instant, into out: inout Outbox
    ) {
        let rest =
            self.settings.receipts == .send
            ? "\(signal.readableBytes)\nreceipt:s\(id)\n\n" : "\(signal.readableBytes)\n\n"
        self.frame(head.count + rest.utf8.count + signal.readableBytes + 1, at: now, into: &out) { wire in
            wire.writeBytes(head)
            wire.writeString(rest)
            wire.writeImmutableBuffer(signal)
            wire.writeInteger(0 as UInt8)
        }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func head(to destination: [UInt8]) -> [UInt8] {
        self.bytes("SEND\ndestination:") + destination + self.bytes("\ncontent-type:application/json\ncontent-length:")
    }

    mutating func say(_ text: String, at now: Instant, into out: inout Outbox) {
        self.frame(text.utf8.count, at: now, into: &out) { _ = $0.writeString(text) }
    }

    private mutating func say(_ text: [UInt8], at now: Instant, into out: inout Outbox) {
        self.frame(text.count, at: now, into: &out) { _ = $0.writeBytes(text) }
    }

    private mutating func frame(
        _ length: Int, at now: Instant, into out: inout Outbox, _ body: (inout ByteBuffer) -> Void
    ) {
        self.sentAt = now
        if self.settings.isWebSocket {
            out.frame(.text, length: length, body)
        } else {
            out.bytes(length, body)
        }
    }
}
