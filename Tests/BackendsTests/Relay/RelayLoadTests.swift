import Backends
import NIOCore
import NIOPosix
import TestKit
import Testing

@Suite(.enabled(if: Lane.isSerial, "it loads real sockets"), .timeLimit(.minutes(2)))
struct RelayLoadTests {
    @Test func `a member that stops reading is disconnected, and the others lose nothing`() async throws {
        try await withRelay { options in
            options.memberQueueBytes = 1 << 20
            options.closeTimeout = 200_000_000
        } _: { server, group in
            let speaker = try await self.join(server, group)
            let healthy = [try await self.join(server, group), try await self.join(server, group)]
            let stalled = try await self.join(server, group)
            try await stalled.channel.setOption(.autoRead, value: false).get()
            // Far more than the queue and both socket buffers hold.
            let pad = String(repeating: "x", count: 32_000)
            let count = 600
            // The speaker keeps in step with the healthy ones, whose queue has the same bound.
            for first in stride(from: 0, to: count, by: 10) {
                for n in first..<first + 10 {
                    try await speaker.send(#"{"op":"message","room":"r","data":{"n":\#(n),"pad":"\#(pad)"}}"#)
                }
                for client in healthy {
                    for n in first..<first + 10 {
                        let text = try await client.text()
                        try #require(text.hasPrefix(#"{"op":"message","room":"r","data":{"n":\#(n),"#))
                    }
                }
            }
            try await eventually("the stalled member is gone") {
                let counters = await server.counters()
                return counters.evicted == 1 && counters.open == 3
            }
            // What it reads when it wakes up is an unbroken beginning of the stream.
            try await stalled.channel.setOption(.autoRead, value: true).get()
            var n = 0
            while case .text(let text) = try await stalled.next() {
                guard !text.hasPrefix(#"{"op":"error""#) else { continue }
                try #require(text.hasPrefix(#"{"op":"message","room":"r","data":{"n":\#(n),"#))
                n += 1
            }
            #expect(n < count)
        }
    }

    @Test func `all see the departure of a stalled member at the same place among the messages`() async throws {
        try await withRelay("relay-routed") { options in
            options.memberQueueBytes = 1 << 20
            options.closeTimeout = 100_000_000
        } _: { server, group in
            let before = try await self.join(server, group)
            let stalled = try await self.join(server, group)
            let after = [try await self.join(server, group), try await self.join(server, group)]
            let speaker = try await self.join(server, group)
            try await stalled.channel.setOption(.autoRead, value: false).get()
            let pad = String(repeating: "x", count: 32_000)
            // In step with those who read, so that only the stalled one exceeds its queue.
            var places: [Int?] = [nil, nil, nil]
            var counts = [0, 0, 0]
            for first in stride(from: 0, to: 400, by: 10) {
                for n in first..<first + 10 {
                    try await speaker.send(#"{"op":"message","room":"r","data":{"n":\#(n),"pad":"\#(pad)"}}"#)
                }
                for (index, client) in ([before] + after).enumerated() {
                    while counts[index] < first + 10 {
                        let text = try await client.text()
                        if text.hasPrefix(#"{"op":"peer-left""#) { places[index] = counts[index] }
                        if text.hasPrefix(#"{"op":"message""#) { counts[index] += 1 }
                    }
                }
            }
            let place = try #require(places[0], "nobody was told that the stalled member left")
            #expect(places == [place, place, place])
            #expect(place > 0 && place < 400)
        }
    }

    @Test func `a member that reads slowly but reads is told why it has to go`() async throws {
        try await withRelay { options in
            options.memberQueueBytes = 256 << 10
            options.closeTimeout = 5_000_000_000
        } _: { server, group in
            let speaker = try await self.join(server, group)
            let slow = try await self.join(server, group)
            try await slow.channel.setOption(.autoRead, value: false).get()
            let pad = String(repeating: "x", count: 60_000)
            try await eventually("the queue is full") {
                try await speaker.send(#"{"op":"message","room":"r","data":"\#(pad)"}"#)
                return await server.counters().evicted == 1
            }
            try await slow.channel.setOption(.autoRead, value: true).get()
            var last: WireClient.Event?
            var closing: WireClient.Event?
            while closing == nil {
                let event = try await slow.next()
                if case .close = event { closing = event } else { last = event }
                if event == .end { break }
            }
            #expect(closing == .close(1008, "too slow"))
            guard case .text(let text) = last else {
                Issue.record("no error before the close frame, but \(String(describing: last))")
                return
            }
            #expect(text.hasPrefix(#"{"op":"error","code":"too-slow""#))
        }
    }

    @Test(arguments: [1, 2])
    func `a delay holds every delivery back at least that long and keeps the order`(loops: Int) async throws {
        let delay: Int64 = 80_000_000
        try await withRelay { options in
            options.delay = delay
            options.loops = loops
        } _: { server, group in
            let speaker = try await self.join(server, group)
            let listener = try await self.join(server, group)
            var sent: [ContinuousClock.Instant] = []
            for n in 0..<100 {
                sent.append(try await speaker.sendTimed(#"{"op":"message","room":"r","data":\#(n)}"#))
            }
            var greatest = Duration.zero
            for n in 0..<100 {
                let arrival = try await listener.arrival()
                #expect(arrival.event == .text(#"{"op":"message","room":"r","data":\#(n)}"#))
                let took = arrival.time - sent[n]
                #expect(took >= .nanoseconds(delay), "message \(n) came after \(took)")
                greatest = max(greatest, took)
            }
            // Generous: the machine may be busy. A delay that grows from message to message would still be seen.
            #expect(greatest < .seconds(3))
        }
    }

    @Test func `who joins while a message is held back does not get it`() async throws {
        try await withRelay {
            $0.delay = 2_000_000_000
        } _: { server, group in
            let speaker = try await self.join(server, group)
            let listener = try await self.join(server, group)
            try await speaker.send(#"{"op":"message","room":"r","data":1}"#)
            try await eventually("the server has it") { await server.counters().messages == 1 }
            let late = try await self.join(server, group)
            let joined = ContinuousClock.now
            try await speaker.send(#"{"op":"message","room":"r","data":2}"#)
            let first = try await listener.arrival()
            #expect(first.event == .text(#"{"op":"message","room":"r","data":1}"#))
            try #require(joined < first.time, "the machine was too busy: nothing was tested")
            #expect(try await late.text() == #"{"op":"message","room":"r","data":2}"#)
        }
    }

    @Test func `pings come by the clock, an answer keeps the connection, silence ends it`() async throws {
        try await withRelay { options in
            options.pingInterval = 150_000_000
            options.pingTimeout = 400_000_000
        } _: { server, group in
            let lively = try await WireClient.connect(server.url, group: group)
            _ = try await lively.welcome()
            let dead = try await WireClient.connect(server.url, answersPings: false, group: group)
            _ = try await dead.welcome()
            var pings = 0
            while pings < 20, try await dead.next() != .end { pings += 1 }
            #expect((2..<20).contains(pings))
            #expect(await server.counters().pingTimeouts == 1)
            _ = try await lively.join("r")
            #expect(await server.counters().open == 1)
        }
    }

    @Test func `a client's ping is answered with its payload, and its goodbye with its code`() async throws {
        try await withRelay { server, group in
            let client = try await WireClient.connect(server.url, group: group)
            _ = try await client.welcome()
            try await client.send(frames: [(.ping, ByteBuffer(string: "are you there?"))])
            #expect(try await client.next() == .pong(Array("are you there?".utf8)))
            try await client.send(frames: [
                (.close, WebSocketFraming.closePayload(code: 4_321, reason: "enough")),
                (.text, ByteBuffer(string: #"{"op":"join","room":"never"}"#)),
            ])
            #expect(try await client.next() == .close(4_321, ""))
            #expect(try await client.next() == .end)
        }
    }

    @Test func `fifty rooms of four do not hear each other`() async throws {
        try await withRelay("relay", clientLoops: 2) {
            $0.loops = 2
        } _: { server, group in
            var rooms: [[WireClient]] = []
            for room in 0..<50 {
                var members: [WireClient] = []
                for _ in 0..<4 { members.append(try await self.join(server, group, room: "room \(room)")) }
                rooms.append(members)
            }
            for (room, members) in rooms.enumerated() {
                try await members[0].send(#"{"op":"message","room":"room \#(room)","data":\#(room)}"#)
            }
            for (room, members) in rooms.enumerated() {
                for member in members[1...] {
                    #expect(try await member.text() == #"{"op":"message","room":"room \#(room)","data":\#(room)}"#)
                }
            }
            let counters = await server.counters()
            #expect(counters.deliveries == 150)
            #expect(counters.rooms == 50)
        }
    }

    private func join(
        _ server: RunningServer, _ group: any EventLoopGroup, room: String = "r"
    ) async throws -> WireClient {
        let client = try await WireClient.connect(server.url, group: group)
        _ = try await client.welcome()
        _ = try await client.join(room)
        return client
    }
}
