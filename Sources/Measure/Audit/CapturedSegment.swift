/// One TCP segment as a packet capture had it, from the header of IP on.
package struct CapturedSegment {
    /// The end that is not the backend's: address and port, as they stand in the packet.
    var peer: [UInt8]
    var isFromBackend: Bool
    var sequence: UInt32
    var isFirst: Bool
    var payload: ArraySlice<UInt8>

    /// Reads a packet; nil for what is no whole segment to or from that port.
    ///
    /// - Parameters:
    ///   - packet: IPv4 or IPv6 without options of hop and routing.
    ///   - port: the backend's.
    init?(_ packet: ArraySlice<UInt8>, port: UInt16) {
        let start = packet.startIndex
        guard packet.count >= 40 else { return nil }
        let isIPv6 = packet[start] >> 4 == 6
        let protocolAt = start + (isIPv6 ? 6 : 9)
        guard packet[protocolAt] == 6 else { return nil }
        let tcp = start + (isIPv6 ? 40 : Int(packet[start] & 15) * 4)
        guard tcp + 20 <= packet.endIndex else { return nil }
        let (from, to) = (packet.number(at: tcp, bytes: 2), packet.number(at: tcp + 2, bytes: 2))
        guard from == UInt32(port) || to == UInt32(port) else { return nil }
        self.isFromBackend = from == UInt32(port)
        // What a short frame was filled up with is no part of the packet.
        let length = Int(packet.number(at: start + (isIPv6 ? 4 : 2), bytes: 2))
        let whole = length == 0 ? packet.endIndex : start + length + (isIPv6 ? 40 : 0)
        let data = tcp + Int(packet[tcp + 12] >> 4) * 4
        guard whole <= packet.endIndex, data <= whole else { return nil }
        let width = isIPv6 ? 16 : 4
        let address = start + (isIPv6 ? 8 : 12) + (self.isFromBackend ? width : 0)
        let ports = self.isFromBackend ? tcp + 2 : tcp
        self.peer = Array(packet[address..<address + width]) + packet[ports..<ports + 2]
        self.sequence = packet.number(at: tcp + 4, bytes: 4)
        self.isFirst = packet[tcp + 13] & 0x02 != 0
        self.payload = packet[data..<whole]
    }
}

extension ArraySlice<UInt8> {
    fileprivate func number(at place: Int, bytes: Int) -> UInt32 {
        self[place..<place + bytes].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
