import Glibc
import NIOCore
package import Signaling

extension BaasDialect {
    package mutating func encode(_ command: Command, now: Instant, into out: inout Outbox) -> Submission {
        switch command {
        case .join(let room):
            guard self.state == .connected || self.state == .joined else { return .refused }
            self.path = self.settings.path(of: room)
            let path = JSONText.quoted(self.path)
            let isPush = self.settings.verb == .push
            self.head = BaasText.head(isPush ? "b" : "e", path: self.path)
            self.sentHead = Array(#"42["\#(self.settings.verb.rawValue)",{"path":"#.utf8) + path
            out.text(
                Array(#"42["on",{"event":"\#(self.settings.verb.rawValue)","path":"#.utf8) + path + Array("}]".utf8))
            // `on` has no acknowledgement; what is answered behind it shows that it has been taken.
            out.text(Array(#"42["get",{"path":"#.utf8) + path + Array(#","callback_id":0}]"#.utf8))
            self.state = .joining
            return .written
        case .leave:
            guard self.state == .joined else { return .refused }
            out.text(
                Array(#"42["off",{"event":"\#(self.settings.verb.rawValue)","path":"#.utf8) + JSONText.quoted(self.path)
                    + Array("}]".utf8))
            self.state = .connected
            return .written
        case .send(let signal, _, _):
            guard self.state == .joined else { return .refused }
            self.send(signal, into: &out)
            return .written
        case .close:
            guard self.state != .closed else { return .refused }
            out.text("41")
            out.closeFrame(code: 1000)
            return .written
        }
    }

    /// Everybody in the room gets everything: a target is the receivers' business.
    private mutating func send(_ signal: ByteBuffer, into out: inout Outbox) {
        var middle: [UInt8] = []
        if self.settings.verb == .push {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            let id = self.ids.next(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
            middle = Array(#","id":""#.utf8) + id + [UInt8(ascii: "\"")]
        }
        let value = Self.value
        out.frame(
            .text, length: self.sentHead.count + middle.count + value.count + signal.readableBytes + 2
        ) { frame in
            frame.writeBytes(self.sentHead)
            frame.writeBytes(middle)
            frame.writeBytes(value)
            frame.writeImmutableBuffer(signal)
            frame.writeInteger(UInt8(ascii: "}"))
            frame.writeInteger(UInt8(ascii: "]"))
        }
    }

    private static let value = Array(#","value":"#.utf8)
}
