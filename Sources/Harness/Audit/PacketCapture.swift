import Foundation
import Glibc
import Synchronization

/// Keeps the packets to and from one TCP port of any interface, with the kernel's receive times, until it is asked for them.
///
/// A packet socket with a filter in the kernel (`packet(7)`), emptied every few milliseconds by a thread of its own that
/// only copies: nothing is read of the packets while the run goes on.
final class PacketCapture: Sendable {
    private struct State: Sendable {
        var bytes: [UInt8] = []
        /// Where each packet ends in them, and its time on the wall clock.
        var packets: [(end: Int, time: Int64)] = []
        var dropped = 0
        var isStopping = false
    }

    private let socket: CInt
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// What a capture holds at most.
    private static let most = 2 << 30
    private static let anyProtocol: UInt16 = 0x0003
    /// From `linux/if_packet.h` and `asm-generic/socket.h`, which are not in the C library's module.
    private static let packetLevel: CInt = 263
    private static let packetStatistics: CInt = 6
    private static let attachFilter: CInt = 26
    private static let receiveBufferForce: CInt = 33
    private static let timestamps: CInt = 35

    /// Begins to keep packets.
    ///
    /// - Parameter port: the backend's.
    /// - Throws: `HarnessError` (bad flag) where the system does not allow it.
    init(port: Int) throws(HarnessError) {
        self.socket = Glibc.socket(
            AF_PACKET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue),
            CInt(Self.anyProtocol.bigEndian))
        guard self.socket >= 0 else {
            throw HarnessError(
                .badFlag, "--audit reads packets, which this user may not: \(String(cString: strerror(errno)))",
                cure: "run as root, or give the program the capability: setcap cap_net_raw+ep signalbench")
        }
        self.set(SOL_SOCKET, Self.timestamps, 1)
        self.set(SOL_SOCKET, Self.receiveBufferForce, 128 << 20)
        self.filter(port: UInt32(port))
        let thread = Thread { [self] in
            while !self.state.withLock({ $0.isStopping }) {
                self.drain()
                usleep(5_000)
            }
            self.drain()
            self.ended.signal()
        }
        thread.name = "audit"
        thread.start()
    }

    /// Ends the capture and hands each packet over, in order.
    ///
    /// - Parameter take: gets a packet from the header of IP on, and its time on the monotonic clock.
    /// - Returns: packets that there was no room for.
    func end(_ take: (ArraySlice<UInt8>, Int64) -> Void) -> Int {
        // What the last event of the run caused is on its way.
        usleep(50_000)
        self.state.withLock { $0.isStopping = true }
        self.ended.wait()
        var statistics: (packets: UInt32, drops: UInt32) = (0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: statistics))
        getsockopt(self.socket, Self.packetLevel, Self.packetStatistics, &statistics, &length)
        close(self.socket)
        let offset = Self.clockOffset()
        let state = self.state.withLock { state in
            defer { state = State() }
            return state
        }
        var start = 0
        for packet in state.packets {
            take(state.bytes[start..<packet.end], packet.time - offset)
            start = packet.end
        }
        return state.dropped + Int(statistics.drops)
    }

    /// What the wall clock is ahead of the monotonic one: the middle of the narrowest of some readings.
    private static func clockOffset() -> Int64 {
        func read(_ clock: clockid_t) -> Int64 {
            var time = timespec()
            clock_gettime(clock, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        let readings = (0..<16).map { _ in
            let before = read(CLOCK_MONOTONIC)
            let wall = read(CLOCK_REALTIME)
            let after = read(CLOCK_MONOTONIC)
            return (width: after - before, offset: wall - before - (after - before) / 2)
        }
        return readings.min { $0.width < $1.width }?.offset ?? 0
    }

    // MARK: - The socket

    private func set(_ level: CInt, _ name: CInt, _ value: CInt) {
        var value = value
        setsockopt(self.socket, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Lets pass what a program of the classic packet filter wants: TCP of the port, over the loopback only as it arrives.
    private func filter(port: UInt32) {
        let program = Self.program(port: port, loopback: if_nametoindex("lo"))
        program.withUnsafeBufferPointer { code in
            var header = (count: UInt16(code.count), code: UnsafeRawPointer(code.baseAddress))
            setsockopt(
                self.socket, SOL_SOCKET, Self.attachFilter, &header, socklen_t(MemoryLayout.size(ofValue: header)))
        }
    }

    /// One instruction of the filter: code, two jumps, operand (`linux/filter.h`).
    struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var operand: UInt32 = 0
    }

    private static func program(port: UInt32, loopback: UInt32) -> [Instruction] {
        let (load, loadHalf, loadByte): (UInt16, UInt16, UInt16) = (0x20, 0x28, 0x30)
        let (loadHalfBehind, headerLength): (UInt16, UInt16) = (0x48, 0xB1)
        let (and, equals, answer): (UInt16, UInt16, UInt16) = (0x54, 0x15, 0x06)
        // Kind and interface of a packet stand at these offsets; 4 is one that leaves.
        let (kind, interface): (UInt32, UInt32) = (0xFFFF_F004, 0xFFFF_F008)
        return [
            .init(code: load, operand: kind),
            .init(code: equals, ifFalse: 2, operand: 4),
            .init(code: load, operand: interface),
            .init(code: equals, ifTrue: 18, operand: loopback),
            .init(code: loadByte, operand: 0),
            .init(code: and, operand: 0xF0),
            .init(code: equals, ifTrue: 1, operand: 0x40),
            .init(code: equals, ifTrue: 7, ifFalse: 14, operand: 0x60),
            .init(code: loadByte, operand: 9),
            .init(code: equals, ifFalse: 12, operand: 6),
            .init(code: headerLength, operand: 0),
            .init(code: loadHalfBehind, operand: 0),
            .init(code: equals, ifTrue: 8, operand: port),
            .init(code: loadHalfBehind, operand: 2),
            .init(code: equals, ifTrue: 6, ifFalse: 7, operand: port),
            .init(code: loadByte, operand: 6),
            .init(code: equals, ifFalse: 5, operand: 6),
            .init(code: loadHalf, operand: 40),
            .init(code: equals, ifTrue: 2, operand: port),
            .init(code: loadHalf, operand: 42),
            .init(code: equals, ifFalse: 1, operand: port),
            .init(code: answer, operand: 0x4_0000),
            .init(code: answer, operand: 0),
        ]
    }

    /// Copies what the kernel holds.
    private func drain() {
        withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { room in
            while let (length, time) = self.receive(into: room) {
                guard length > 0 else { continue }
                self.state.withLock { state in
                    guard state.bytes.count + length <= Self.most else {
                        state.dropped += 1
                        return
                    }
                    state.bytes.append(contentsOf: room[..<length])
                    state.packets.append((end: state.bytes.count, time: time))
                }
            }
        }
    }

    /// One packet and its time; nil when there is none.
    private func receive(into room: UnsafeMutableRawBufferPointer) -> (length: Int, time: Int64)? {
        // Room for one control message: its header of 16 bytes and a `timespec`.
        var control: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
        return withUnsafeMutableBytes(of: &control) { control in
            var part = iovec(iov_base: room.baseAddress, iov_len: room.count)
            return withUnsafeMutablePointer(to: &part) { part in
                var message = msghdr()
                message.msg_iov = part
                message.msg_iovlen = 1
                message.msg_control = control.baseAddress
                message.msg_controllen = control.count
                let length = recvmsg(self.socket, &message, 0)
                guard length >= 0 else { return nil }
                guard message.msg_controllen >= 32 else { return (length: 0, time: 0) }
                let seconds = control.load(fromByteOffset: 16, as: Int64.self)
                return (
                    length: length, time: seconds * 1_000_000_000 + control.load(fromByteOffset: 24, as: Int64.self)
                )
            }
        }
    }
}
