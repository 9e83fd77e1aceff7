/// What the nth host candidate of an agent looks like.
///
/// As recorded: each network in turn over IPv4 and IPv6, for each m-line, first UDP, then active TCP. Where more are
/// asked for than a machine with two networks has, it gets more networks.
struct CandidateShape {
    /// The m-line it is for, in an SDP whose m-lines are bundled.
    let section: Int
    let isTCP: Bool
    let isIPv6: Bool
    /// From 1, as Chromium numbers them.
    let network: Int
    /// The candidate's index.
    let index: Int

    /// - Parameters:
    ///   - index: from 0.
    ///   - sections: m-lines that have candidates: 2 in an offer, 1 in an answer, which has accepted the bundle.
    ///   - udpOnly: without TCP candidates, whose lines are longer.
    init(index: Int, sections: Int, udpOnly: Bool) {
        let perBlock = sections * 2 * (udpOnly ? 1 : 2)
        let place = index % perBlock
        self.index = index
        self.isIPv6 = place % 2 == 1
        self.section = place / 2 % sections
        self.isTCP = place / 2 / sections == 1
        self.network = index / perBlock * 2 + (self.isIPv6 ? 2 : 1)
    }

    /// From 0: how many pairs of networks come before.
    private var block: Int { (self.network - 1) / 2 }

    /// Numbers the bases: candidates of the same base share their foundation (RFC 8445 §5.1.1.3).
    var base: Int { self.block * 4 + (self.isTCP ? 2 : 0) + (self.isIPv6 ? 1 : 0) }

    /// A documentation address (RFC 5737, RFC 3849).
    var address: String {
        self.isIPv6 ? "2001:db8::" + String(7 + self.block, radix: 16) : "198.51.100.\(7 + self.block)"
    }

    /// The priorities of the recording; further networks are preferred less (RFC 8445 §5.1.2.1).
    var priority: Int {
        let first =
            switch (self.isTCP, self.isIPv6) {
            case (false, false): 2_122_194_687
            case (false, true): 2_122_265_343
            case (true, false): 1_518_214_911
            case (true, true): 1_518_285_567
            }
        return first - self.block << 8
    }

    /// The candidate that stands in the m- and c-lines of an SDP that holds all of them.
    var isDefault: Bool { self.network == 1 && !self.isTCP }

    /// Appends the candidate attribute of RFC 8839 §5.1, without `a=`.
    ///
    /// - Parameters:
    ///   - template: what to append to.
    ///   - size: its exact length; nil: as recorded. At least ``smallest``.
    func append(to template: inout PayloadTemplate, size: Int?) {
        var foundationWidth = 10
        var hasExtensions = true
        var padding = 0
        if let size {
            var missing = size - self.length(hasExtensions: false)
            let extensions = self.length(hasExtensions: true) - self.length(hasExtensions: false)
            hasExtensions = missing >= extensions
            if hasExtensions { missing -= extensions }
            // A foundation has up to 32 characters; what that cannot take goes into an extension of its own.
            if missing <= 22 {
                foundationWidth += missing
            } else {
                padding = missing
            }
        }
        template.append("candidate:")
        template.append(.foundation(self.base, width: foundationWidth))
        template.append(" 1 \(self.isTCP ? "tcp" : "udp") \(self.priority) \(self.address) ")
        if self.isTCP {
            template.append("9 typ host tcptype active")
        } else {
            template.append(.port(self.index))
            template.append(" typ host")
        }
        if hasExtensions { template.append(" generation 0") }
        template.append(" ufrag ")
        template.append(.ufrag)
        if hasExtensions { template.append(" network-id \(self.network)") }
        if padding > 0 { template.append(" x-pad " + String(repeating: "x", count: padding - 7)) }
    }

    /// The size that fits every candidate.
    static let smallest = 90

    /// Bytes with a foundation of 10 characters.
    private func length(hasExtensions: Bool) -> Int {
        let transport = self.isTCP ? "9 typ host tcptype active".utf8.count : "44158 typ host".utf8.count
        let extensions = hasExtensions ? " generation 0 network-id \(self.network)".utf8.count : 0
        let fixed = "candidate:0123456789 1 udp \(self.priority) \(self.address) ".utf8.count
        return fixed + transport + " ufrag 01234567".utf8.count + extensions
    }
}
