import NIOCore
import Signaling

/// What a decoder promised and did not keep.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// An input of the fuzzer: a byte of options, a byte that seeds where the rest is cut, and the rest.
struct FuzzInput {
    let options: UInt8
    let payload: [UInt8]
    private let seed: UInt8

    init(_ bytes: [UInt8]) {
        self.options = bytes.first ?? 0
        self.seed = bytes.dropFirst().first ?? 0
        self.payload = Array(bytes.dropFirst(2))
    }

    func has(_ bit: Int) -> Bool { self.options >> bit & 1 == 1 }

    /// The rest, cut at random places; every byte apart for the seed 0.
    var pieces: [ArraySlice<UInt8>] {
        var random = SplitMix64(seed: UInt64(self.seed))
        var pieces: [ArraySlice<UInt8>] = []
        var rest = self.payload[...]
        while !rest.isEmpty {
            // No more than 512 pieces, however long the input is.
            let least = self.payload.count / 512 + 1
            let length = self.seed == 0 ? least : least + random.uniform(below: 40)
            pieces.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return pieces
    }

    /// The rest as messages, which U+001E separates.
    var messages: [ArraySlice<UInt8>] {
        Array(self.payload.split(separator: 0x1E, omittingEmptySubsequences: false).prefix(1_000))
    }

    /// The rest as text, with what is no UTF-8 replaced.
    var text: String { String(decoding: self.payload, as: UTF8.self) }

    /// The rest as lines of text.
    var lines: [String] { self.text.split(separator: "\n").prefix(64).map(String.init) }
}

/// Feeds a decoder and holds it to consuming no more than it was given, and to coming to an end.
struct Feeder<Event: Equatable> {
    var events: [Event] = []
    private var bytes = ByteBuffer()
    private let limit: Int

    /// - Parameter limit: how many events there may be.
    init(limit: Int) { self.limit = limit }

    /// Appends a piece and takes what it completes.
    mutating func feed(
        _ piece: some Sequence<UInt8>, _ next: (inout ByteBuffer) throws -> Event?
    ) throws {
        self.bytes.writeBytes(piece)
        let end = self.bytes.writerIndex
        while true {
            let start = self.bytes.readerIndex
            let event = try next(&self.bytes)
            guard self.bytes.writerIndex == end, self.bytes.readerIndex >= start else {
                throw Violation("it moved what it was given")
            }
            guard let event else { return }
            self.events.append(event)
            guard self.events.count <= self.limit else { throw Violation("\(self.limit) events and no end") }
        }
    }
}

/// Holds a decoder to giving the same whether its bytes come at once or in pieces.
func expectSame<Result: Equatable>(_ input: FuzzInput, _ run: ([ArraySlice<UInt8>]) throws -> Result) throws {
    let whole = try run([input.payload[...]])
    let split = try run(input.pieces)
    guard whole == split else { throw Violation("whole: \(whole); in pieces: \(split)") }
}
