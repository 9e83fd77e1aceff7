import Glibc
import NIOCore
import Simulation
import Testing

struct LinkTests {
    @Test func `bytes arrive after the delay, and a connect takes it twice`() throws {
        let line = try Line(LinkOptions(delay: .fixed(.milliseconds(30))))
        #expect(line.now == .uptimeNanoseconds(1_060_000_000))
        line.send(10)
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.reads.map(\.time) == [.uptimeNanoseconds(1_090_000_000)])
        #expect(line.server.recorder.bytes == Array(repeating: 7, count: 10))
    }

    @Test(arguments: [Chunking.split(6), .glue(.milliseconds(20)), .whole])
    func `no chunking loses, repeats or reorders a byte`(chunking: Chunking) throws {
        var options = LinkOptions(delay: .exponential(.milliseconds(5)))
        options.chunking = chunking
        options.sendBuffer = 1_000
        options.receiveBuffer = 700
        let line = try Line(options, seed: 5)
        var all: [UInt8] = []
        for i in 0..<200 {
            let part = (0..<(i * 7 % 90)).map { UInt8(truncatingIfNeeded: $0 &+ i) }
            all += part
            line.client.writeAndFlush(ByteBuffer(bytes: part), promise: nil)
            line.simulation.run(for: .milliseconds(1))
        }
        line.simulation.run(for: .seconds(30))
        #expect(line.server.recorder.bytes == all)
    }

    @Test func `gluing makes fewer reads, splitting more`() throws {
        func reads(_ chunking: Chunking) throws -> Int {
            var options = LinkOptions(delay: .fixed(.milliseconds(1)))
            options.chunking = chunking
            let line = try Line(options)
            for _ in 0..<50 {
                line.send(100)
                line.simulation.run(for: .milliseconds(1))
            }
            line.simulation.run(for: .seconds(1))
            #expect(line.server.recorder.bytes.count == 5_000)
            return line.server.recorder.reads.count
        }
        #expect(try reads(.whole) == 50)
        #expect(try reads(.glue(.milliseconds(10))) < 10)
        #expect(try reads(.split(4)) > 70)
    }

    @Test func `bandwidth is kept`() throws {
        var options = LinkOptions()
        options.bandwidth = 100_000
        let line = try Line(options)
        let start = line.now
        line.send(50_000)
        line.simulation.run(for: .seconds(2))
        let last = try #require(line.server.recorder.reads.last)
        #expect(last.time - start == .milliseconds(500))
    }

    @Test func `a receiver that does not read fills every buffer up to its sender`() throws {
        var options = LinkOptions(delay: .fixed(.milliseconds(1)))
        options.sendBuffer = 10_000
        options.receiveBuffer = 5_000
        let line = try Line(options)
        try line.server.channel.syncOptions?.setOption(.autoRead, value: false)
        // The read that was asked for before is still owed.
        line.send(1)
        line.simulation.run(for: .seconds(1))
        for _ in 0..<100 { line.send(1_000) }
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.bytes.count <= 1)
        #expect(!line.client.isWritable)
        #expect(line.recorder.writability == [false])
        #expect(try line.client.syncOptions?.getOption(.bufferedWritableBytes) == 100_001 - 15_000 - 1)
        try line.server.channel.syncOptions?.setOption(.autoRead, value: true)
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.bytes.count == 100_001)
        #expect(line.client.isWritable)
        #expect(line.recorder.writability == [false, true])
        #expect(try line.client.syncOptions?.getOption(.bufferedWritableBytes) == 0)
    }

    @Test func `a closed half lets the other go on`() throws {
        let line = try Line(LinkOptions(delay: .fixed(.milliseconds(1))))
        try line.server.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        line.send(3)
        line.client.close(mode: .output, promise: nil)
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.bytes.count == 3)
        #expect(line.server.recorder.sawEnd)
        line.server.channel.writeAndFlush(ByteBuffer(string: "bye"), promise: nil)
        line.server.channel.close(promise: nil)
        line.simulation.run(for: .seconds(1))
        #expect(line.recorder.text == "bye")
        #expect(line.recorder.closedAt != nil)
        #expect(line.simulation.network.openChannels == 0)
    }

    @Test func `bytes for a closed end come back as a reset`() throws {
        let line = try Line(LinkOptions(delay: .fixed(.milliseconds(1))))
        line.server.channel.close(promise: nil)
        line.send(3)
        try line.client.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        line.simulation.run(for: .seconds(1))
        #expect((line.recorder.errors.first as? IOError)?.errnoCode == ECONNRESET)
    }

    @Test func `a connect is refused, or times out`() throws {
        let line = try Line(LinkOptions(delay: .fixed(.milliseconds(20))))
        let network = line.simulation.network
        func outcome() -> Result<any Channel, any Error>? {
            let start = line.now
            let future = network.connect(host: "sink", port: 1, timeout: .seconds(3), on: line.simulation.loop)
            defer { #expect(line.now - start <= .seconds(3)) }
            return line.simulation.run(until: future.map { $0 }, within: .seconds(5))
        }
        network.answer("sink", .refuse)
        #expect(throws: IOError.self) { try outcome()?.get() }
        network.answer("sink", .ignore)
        #expect(throws: ChannelError.connectTimeout(.seconds(3))) { try outcome()?.get() }
        network.answer("sink", .accept)
        network.partition("sink")
        #expect(throws: ChannelError.connectTimeout(.seconds(3))) { try outcome()?.get() }
    }

    @Test func `a cut is an end of stream at both ends, a reset an error`() throws {
        let cut = try Line()
        cut.link.suffer(.cut)
        cut.simulation.run(for: .seconds(1))
        #expect(cut.recorder.closedAt != nil && cut.server.recorder.closedAt != nil)
        #expect(cut.recorder.errors.isEmpty)
        let reset = try Line()
        reset.link.suffer(.reset)
        #expect((reset.recorder.errors.first as? IOError)?.errnoCode == ECONNRESET)
        #expect(reset.recorder.closedAt != nil && reset.server.recorder.closedAt != nil)
    }

    @Test func `a freeze holds bytes back and lets them go; a half-open link does neither`() throws {
        let line = try Line()
        line.link.suffer(.freeze([.toServer], .seconds(2)))
        let start = line.now
        line.send(4)
        line.server.channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.reads.isEmpty)
        #expect(line.recorder.text == "x")
        line.simulation.run(for: .seconds(2))
        #expect(line.server.recorder.reads.map(\.time) == [start + .seconds(2)])
        line.link.suffer(.halfOpen)
        line.send(4)
        line.client.close(promise: nil)
        line.simulation.run(for: .hours(1))
        #expect(line.server.recorder.bytes.count == 4)
        #expect(line.server.recorder.closedAt == nil)
    }

    @Test func `a partition heals without losing anything`() throws {
        let line = try Line(LinkOptions(delay: .fixed(.milliseconds(5))))
        line.send(10)
        line.simulation.network.partition("sink")
        line.send(10)
        line.simulation.run(for: .minutes(1))
        #expect(line.server.recorder.bytes.isEmpty)
        line.simulation.network.repair("sink")
        line.simulation.run(for: .seconds(1))
        #expect(line.server.recorder.bytes.count == 20)
    }

    @Test func `a cancelled timer neither runs nor counts`() {
        let loop = VirtualLoop()
        var timers: [Scheduled<Void>] = []
        let ran = NIOLoopBoundBox(0, eventLoop: loop)
        for i in 0..<5_000 { timers.append(loop.scheduleTask(in: .seconds(Int64(i % 100) + 1)) { ran.value += 1 }) }
        for (i, timer) in timers.enumerated() where i % 10 != 0 { timer.cancel() }
        #expect(loop.pending == 500)
        var last = loop.now
        while loop.step(until: .distantFuture) {
            #expect(loop.now >= last)
            last = loop.now
        }
        #expect(ran.value == 500)
        #expect(loop.pending == 0)
    }
}
