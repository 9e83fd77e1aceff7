/// A fault put between the wire and a case's agents, to see that a case notices it.
///
/// Each strikes at the k-th message that it can be applied to, never at random, so that the same case fails each time.
package enum Mutant: String, CaseIterable, Sendable {
    /// The k-th message never arrives anywhere.
    case drop
    /// The k-th message arrives twice everywhere.
    case duplicate
    /// The k-th and the next message of one sender change places at one receiver.
    case swap
    /// One receiver gets what the first sender says late.
    case delayOneReceiver
    /// The k-th message also arrives in another room.
    case leak
    /// A sender gets its own room-wide messages where it should not, and does not where it should.
    case echoFlip
    /// The last line end of an SDP is missing.
    case stripFinalCRLF
    /// Integers beyond 2⁵³ are rounded.
    case roundLargeInteger
    /// What is beyond 64 KiB of a text is missing.
    case truncate
    /// From the k-th message on, `from` is another id.
    case restampFrom
    /// Who left a room gets one more message of it.
    case deliverAfterLeave
    /// Who joins gets the room's earlier messages, twice.
    case historyTwice
    /// The last message of a sender never arrives.
    case loseTail
    /// The k-th message is acknowledged and never arrives.
    case acknowledgeThenDrop
    /// A busy room holds up all others.
    case headOfLineStall
    /// A member that left still answers.
    case ghostMember
    /// A `bye` arrives twice.
    case byeTwice
    /// A `bye` never arrives.
    case noBye
}

extension Mutant {
    /// The case that has to fail by it.
    package var primary: String {
        switch self {
        case .drop: "DLV-01"
        case .duplicate: "DLV-03"
        case .swap: "ORD-01"
        case .delayOneReceiver: "ORD-02"
        case .leak: "ROOM-01"
        case .echoFlip: "DLV-02"
        case .stripFinalCRLF: "PAY-01"
        case .roundLargeInteger: "PAY-04"
        case .truncate: "PAY-08"
        case .restampFrom: "IDN-03"
        case .deliverAfterLeave: "ROOM-03"
        case .historyTwice: "DLV-05"
        case .loseTail: "DLV-08"
        case .acknowledgeThenDrop: "DLV-06"
        case .headOfLineStall: "LIM-06"
        case .ghostMember: "DEP-04"
        case .byeTwice: "DEP-06"
        case .noBye: "DEP-01"
        }
    }

    /// Cases that may fail with it, because what it breaks is what they rest on; nothing else may.
    package var mayFail: Set<String> {
        switch self {
        // One message of thirty and more is not there: whoever counts so many misses it.
        case .drop, .acknowledgeThenDrop: ["DLV-01", "DLV-08", "DIR-01", "NEG-02", "ORD-03", "ROOM-01", "LIM-06"]
        case .duplicate: ["DLV-08", "DIR-01", "NEG-02", "ORD-03"]
        // Order is one sender's first of all; candidates and descriptions are a sender's, too.
        case .swap: ["ORD-02", "ORD-03", "NEG-02"]
        // A late receiver sees answers before what they answer, and pairs may be late beyond their patience.
        case .delayOneReceiver: ["ORD-04", "REC-05", "NEG-02", "NEG-12"]
        // A neighbour hears what is not his: every case with two rooms.
        case .leak:
            [
                "ROOM-05", "ROOM-07", "ROOM-08", "ROOM-09", "ROOM-10", "ROOM-11", "DLV-08", "DIR-05", "NEG-02",
                "NEG-03", "NEG-10",
            ]
        // Every sender hears itself: whoever counts deliveries, and the order of all.
        case .echoFlip:
            Set(
                Catalogue.current.cases.map(\.id).filter { id in
                    ["ROOM", "DLV-", "ORD-", "DIR-", "NEG-02", "PAY-08", "SEC-06"].contains { id.hasPrefix($0) }
                })
        // Texts that end with a line end stand in other cases, too.
        case .stripFinalCRLF: ["SEC-06"]
        case .roundLargeInteger: []
        case .truncate: ["ORD-05"]
        case .restampFrom: ["DEP-01", "DEP-06"]
        case .deliverAfterLeave: ["ROOM-04"]
        // A late member gets what was before it: every case in which somebody joins a room that has talked.
        case .historyTwice: ["ROOM-02", "ROOM-04", "REC-02", "DLV-09", "ORD-06", "REC-05", "NEG-11"]
        case .loseTail: []
        case .headOfLineStall: ["DLV-08"]
        case .ghostMember: ["DEP-01", "DEP-06", "DLV-07", "DLV-09", "NEG-11", "REC-05"]
        case .byeTwice: ["DEP-01", "SEC-05"]
        case .noBye: ["DEP-06", "NEG-05"]
        }
    }
}

/// What mutants do to JSON texts.
enum MutantText {
    /// Integers beyond 2⁵³ as a double would have them.
    static func rounded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var digits: [UInt8] = []
        for byte in text + [0] {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                digits.append(byte)
                continue
            }
            if digits.count >= 16, let value = Double(String(decoding: digits, as: UTF8.self)),
                let integer = UInt64(exactly: value)
            {
                digits = Array(String(integer).utf8)
            }
            result += digits
            digits = []
            if byte != 0 { result.append(byte) }
        }
        return result
    }

    /// A signal whose longest text ends early; the object around it is closed again.
    static func truncated(_ text: [UInt8]) -> [UInt8] {
        Array(text.prefix(65_536)) + Array(#""}"#.utf8)
    }
}
