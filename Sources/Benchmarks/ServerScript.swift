import NIOCore

/// What the server of a backend says to a member that joins, and how it passes a message on: as the real ones were seen to.
struct ServerScript: Sendable {
    let url: String
    /// Whether texts travel in messages of a WebSocket.
    let isWebSocket: Bool
    /// The answer to what a member wrote, which is empty when its connection opens; nil for none.
    let answer: @Sendable (String) -> String?
    /// The delivery of what another member wrote, to one that wrote this to join.
    let deliver: @Sendable (_ said: String, _ joining: String) -> String
    /// Such that a message for one member reaches all.
    var options: [String: String] = [:]

    static let ids = ["relay", "nats", "redis", "stomp", "xmpp", "phoenix", "peerjs"]

    static func of(_ backend: String, room: String, slot: Int = 0) -> ServerScript? {
        switch backend {
        case "relay": self.relay(room, slot)
        case "nats": self.nats
        case "redis": self.redis
        case "stomp": self.stomp
        case "xmpp": self.xmpp
        case "phoenix": self.phoenix
        case "peerjs": self.peerJS
        default: nil
        }
    }

    private static func relay(_ room: String, _ slot: Int) -> ServerScript {
        ServerScript(
            url: "ws://127.0.0.1:1/", isWebSocket: true,
            answer: { said in
                said.isEmpty
                    ? #"{"op":"welcome","id":"000000000000000\#(slot)","server":"-"}"#
                    : said.contains(#""join""#) ? #"{"op":"joined","room":"\#(room)"}"# : nil
            }, deliver: { said, _ in said })
    }

    private static let nats = ServerScript(
        url: "nats://127.0.0.1:1", isWebSocket: false,
        answer: { said in
            said.isEmpty
                ? #"INFO {"server_id":"x","version":"2.15.1","headers":true,"max_payload":1048576}"# + "\r\n"
                : said.contains("PING\r\n") ? "PONG\r\n" : nil
        },
        deliver: { said, joining in
            let subscription = joining.split(separator: "\r\n").last { $0.hasPrefix("SUB ") }?.split(separator: " ")
                .last
            guard let end = said.place(of: " ", after: "PUB "), let subscription else { return said }
            return "MSG \(said[said.index(said.startIndex, offsetBy: 4)..<end]) \(subscription)\(said[end...])"
        }, options: ["layout": "broadcast"])

    private static let redis = ServerScript(
        url: "redis://127.0.0.1:1", isWebSocket: false,
        answer: { said in
            let words = said.split(separator: "\r\n").filter { !$0.hasPrefix("$") && !$0.hasPrefix("*") }
            switch words.first {
            case "HELLO": return "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n"
            case "SUBSCRIBE":
                return words.dropFirst().enumerated().map { index, channel in
                    ">3\r\n$9\r\nsubscribe\r\n$\(channel.utf8.count)\r\n\(channel)\r\n:\(index + 1)\r\n"
                }.joined()
            default: return nil
            }
        }, deliver: { said, _ in said.replacing("*3\r\n$7\r\nPUBLISH\r\n", with: ">3\r\n$7\r\nmessage\r\n") },
        options: ["layout": "broadcast"])

    private static let stomp = ServerScript(
        url: "stomp://127.0.0.1:1", isWebSocket: false,
        answer: { said in
            said.hasPrefix("CONNECT\n")
                ? "CONNECTED\nserver:RabbitMQ/3.10.8\nsession:session-x\nheart-beat:0,0\nversion:1.2\n\n\0\n"
                : said.hasPrefix("SUBSCRIBE\n") ? "RECEIPT\nreceipt-id:j1\n\n\0\n" : nil
        },
        deliver: { said, _ in
            said.replacing(
                "SEND\n", with: "MESSAGE\nsubscription:1\nmessage-id:T_1@@session-nWFbqTsS5Dn@@1\nredelivered:false\n")
                + "\n"
        })

    private static let xmpp = ServerScript(
        url: "xmpp://127.0.0.1:1", isWebSocket: false,
        answer: { said in
            if said.contains("<auth ") { return "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" }
            if said.contains("<stream:stream ") {
                return "<?xml version='1.0'?><stream:stream version='1.0'><stream:features><mechanisms>"
                    + "<mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>"
            }
            if said.contains("<bind ") { return "<iq type='result' id='b'><bind/></iq>" }
            let parts = said.split(separator: "'")
            return said.hasPrefix("<presence ") ? "<presence from='\(parts[1])'><status code='110'/></presence>" : nil
        },
        deliver: { said, _ in
            let parts = said.split(separator: "'", maxSplits: 5)
            guard parts.count == 6, let start = said.firstRange(of: "<body>"), let end = said.firstRange(of: "</body>")
            else { return said }
            let body = said[start.upperBound..<end.lowerBound].replacing("\"", with: "&quot;")
            return "<message type='groupchat' to='8lAkPTDxiNfu@localhost/_qJJm5aTxCbH' id='s1' "
                + "from='\(parts[1])/0000000000000000'><occupant-id xmlns='urn:xmpp:occupant-id:0' "
                + "id='vYbGP2LHzUVwmkHhFLWJxXs3QGDNkJbEWT4m3iJ4tNU='/><body>\(body)</body></message>"
        })

    private static let phoenix = ServerScript(
        url: "ws://127.0.0.1:1/socket/websocket", isWebSocket: true,
        answer: { said in
            let words = said.split(separator: "\"")
            if said.contains(#""heartbeat""#) {
                return #"[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]"#
            }
            guard said.contains(#""phx_join""#), let topic = words.first(where: { $0.hasPrefix("room:") }) else {
                return nil
            }
            return #"["2","2","\#(topic)","phx_reply",{"status":"ok","response":{}}]"#
        },
        deliver: { said, _ in
            guard let topic = said.firstRange(of: #""room:"#) else { return said }
            return "[null,null," + said[topic.lowerBound...]
        })

    private static let peerJS = ServerScript(
        url: "ws://127.0.0.1:1/", isWebSocket: true, answer: { $0.isEmpty ? #"{"type":"OPEN"}"# : nil },
        deliver: { said, _ in said.replacing(#","dst":"#, with: #","src":"sb00000000000000000000","dst":"#) })
}

extension String {
    /// Where a word stands first behind a prefix.
    fileprivate func place(of word: String, after prefix: String) -> String.Index? {
        guard self.hasPrefix(prefix) else { return nil }
        return self.dropFirst(prefix.count).firstRange(of: word)?.lowerBound
    }
}
