import NIOCore
import NIOEmbedded

@testable import Backends

/// One connection to an embedded server that listens nowhere, on a loop whose time is the test's.
final class ServerLine {
    let loop: EmbeddedEventLoop
    let server: any ServerLoop
    let channel: EmbeddedChannel

    /// The first connection to a new server.
    init(_ id: String, _ configure: (inout ServerOptions) -> Void = { _ in }) throws {
        var options = ServerOptions()
        configure(&options)
        self.loop = EmbeddedEventLoop()
        self.server = try EmbeddedServers.make(id: id, options: options, on: self.loop)
        self.channel = try Self.channel(self.loop, self.server)
    }

    /// A further connection to the same server.
    init(beside other: ServerLine) throws {
        self.loop = other.loop
        self.server = other.server
        self.channel = try Self.channel(self.loop, self.server)
    }

    private static func channel(_ loop: EmbeddedEventLoop, _ server: any ServerLoop) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try server.accept(channel)
        return channel
    }

    /// Says something, and lets the loop do what is due.
    ///
    /// - Returns: what the server has answered since the last call.
    @discardableResult
    func say(_ bytes: some Sequence<UInt8>) throws -> [UInt8] {
        try self.channel.writeInbound(ByteBuffer(bytes: Array(bytes)))
        return try self.hear()
    }

    @discardableResult
    func say(_ text: String) throws -> String { String(decoding: try self.say(text.utf8), as: UTF8.self) }

    func hear() throws -> [UInt8] {
        self.loop.run()
        var heard: [UInt8] = []
        while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) { heard += bytes.readableBytesView }
        return heard
    }

    /// One request on a connection of its own that stays open.
    ///
    /// - Returns: head and body of the answer; empty ones when it waits.
    func ask(
        _ method: String, _ target: String, _ headers: [String] = [], body: [UInt8] = [], host: String = "h"
    ) throws -> (head: String, body: [UInt8]) {
        let line = try ServerLine(beside: self)
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"] + headers
        if method == "POST" { lines.append("Content-Length: \(body.count)") }
        return Self.parts(try line.say(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body))
    }

    static func parts(_ answer: [UInt8]) -> (head: String, body: [UInt8]) {
        let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) ?? answer.endIndex..<answer.endIndex
        return (String(decoding: answer[..<end.lowerBound], as: UTF8.self), Array(answer[end.upperBound...]))
    }

    /// A request for a WebSocket.
    static func upgrade(
        _ target: String, version: String = "13", http: String = "1.1", hosts: [String] = ["h"]
    ) -> String {
        (["GET \(target) HTTP/\(http)"] + hosts.map { "Host: \($0)" } + [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: \(version)", "", "",
        ]).joined(separator: "\r\n")
    }
}
